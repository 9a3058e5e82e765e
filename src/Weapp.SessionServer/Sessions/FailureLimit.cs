namespace Weapp.SessionServer.Sessions;

/// <summary>
/// Counts different failures for each key, and says when there were too many within a time. Whoever guesses tries something new each time; a
/// phone that repeats itself does not.
/// </summary>
internal sealed class FailureLimit(int limit, TimeSpan window, TimeProvider time)
{
    /// <summary>When this many keys are counted, those that count no more are dropped.</summary>
    private const int PruneAt = 10_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Count> _counts = [];

    /// <summary>Whether the key has had all the failures that it may have.</summary>
    public bool IsReached(string key)
    {
        lock (_lock)
            return _counts.TryGetValue(key, out var count) && count.Attempts.Count >= limit && !IsOver(count);
    }

    /// <summary>Notes a failure; true for the one that reaches the limit.</summary>
    /// <param name="key">Whose failure it is.</param>
    /// <param name="attempt">The hash of what was tried.</param>
    public bool Note(string key, int attempt)
    {
        lock (_lock)
        {
            if (!_counts.TryGetValue(key, out var count) || IsOver(count))
            {
                Prune();
                _counts[key] = count = new Count([], time.GetTimestamp());
            }

            return count.Attempts.Count < limit && count.Attempts.Add(attempt) && count.Attempts.Count == limit;
        }
    }

    private bool IsOver(Count count) => time.GetElapsedTime(count.Since) >= window;

    private void Prune()
    {
        if (_counts.Count < PruneAt)
            return;
        foreach (var (key, count) in _counts)
        {
            if (IsOver(count))
                _counts.Remove(key);
        }

        // All of them count: somebody makes up keys, and nobody else has any here.
        if (_counts.Count >= PruneAt)
            _counts.Clear();
    }

    private readonly record struct Count(HashSet<int> Attempts, long Since);
}
