using System.Collections.Concurrent;

namespace Weapp.Rooms;

/// <summary>The directory of one app process.</summary>
internal sealed class TunnelDirectory(TimeProvider time) : ITunnelDirectory
{
    /// <summary>How long a tunnel is remembered that has not connected yet, or that is gone and whose close event has not come.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    // Changed under the lock; every event asks it for its user without one.
    private readonly ConcurrentDictionary<string, Entry> _tunnels = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HashSet<string>> _rooms = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HashSet<string>> _users = new(StringComparer.Ordinal);
    private readonly Queue<(string TunnelId, DateTimeOffset Since)> _doubtful = new();
    private readonly Lock _lock = new();

    /// <summary>Enters a tunnel that was granted.</summary>
    /// <returns>False for one that is there already: a tunnel server that gives an id out again must not give one user's messages to another.</returns>
    public bool TryOpen(string tunnelId, UserInfo? user)
    {
        lock (_lock)
        {
            ForgetDoubtful(time.GetUtcNow());
            if (_tunnels.TryGetValue(tunnelId, out var known) && known.State != State.Gone)
                return false;
            Forget(tunnelId);
            var entry = new Entry { User = user };
            _tunnels[tunnelId] = entry;
            Doubt(tunnelId, entry);
            if (user is not null)
                Add(_users, user.OpenId, tunnelId);
            return true;
        }
    }

    public void Connect(string tunnelId)
    {
        lock (_lock)
            EntryOf(tunnelId).State = State.Connected;
    }

    /// <summary>The tunnel server says that tunnels are gone: nothing is sent there any more, but a close event still finds its user.</summary>
    public void MarkGone(IReadOnlyList<string> tunnelIds)
    {
        lock (_lock)
        {
            foreach (var tunnelId in tunnelIds)
            {
                // One that has not connected yet is no less alive for having been pushed to early.
                if (!_tunnels.TryGetValue(tunnelId, out var entry) || entry.State == State.Pending)
                    continue;
                entry.State = State.Gone;
                Unlink(tunnelId, entry);
                Doubt(tunnelId, entry);
            }
        }
    }

    public void Remove(string tunnelId)
    {
        lock (_lock)
            Forget(tunnelId);
    }

    public UserInfo? UserOf(string tunnelId) => _tunnels.GetValueOrDefault(tunnelId)?.User;

    public ValueTask JoinAsync(string tunnelId, string room, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(tunnelId);
        ArgumentException.ThrowIfNullOrEmpty(room);
        lock (_lock)
        {
            (EntryOf(tunnelId).Rooms ??= new HashSet<string>(StringComparer.Ordinal)).Add(room);
            Add(_rooms, room, tunnelId);
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask<bool> LeaveAsync(string tunnelId, string room, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(tunnelId);
        ArgumentException.ThrowIfNullOrEmpty(room);
        lock (_lock)
        {
            var was = _tunnels.GetValueOrDefault(tunnelId)?.Rooms?.Remove(room) == true;
            if (was)
                Take(_rooms, room, tunnelId);
            return ValueTask.FromResult(was);
        }
    }

    public ValueTask<IReadOnlyCollection<string>> MembersAsync(string room, CancellationToken cancellationToken) => ValueTask.FromResult(Copy(_rooms, room));

    public ValueTask<IReadOnlyCollection<string>> TunnelsOfAsync(string openId, CancellationToken cancellationToken) => ValueTask.FromResult(Copy(_users, openId));

    public ValueTask<UserInfo?> UserOfAsync(string tunnelId, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            ForgetDoubtful(time.GetUtcNow());
            return ValueTask.FromResult(UserOf(tunnelId));
        }
    }

    private IReadOnlyCollection<string> Copy(Dictionary<string, HashSet<string>> sets, string key)
    {
        lock (_lock)
        {
            ForgetDoubtful(time.GetUtcNow());
            return sets.TryGetValue(key, out var set) ? [.. set] : [];
        }
    }

    private Entry EntryOf(string tunnelId)
    {
        // Events of tunnels that were opened before this process started come without a request.
        if (!_tunnels.TryGetValue(tunnelId, out var entry))
            _tunnels[tunnelId] = entry = new Entry { State = State.Connected };
        return entry;
    }

    private void Doubt(string tunnelId, Entry entry)
    {
        var now = time.GetUtcNow();
        ForgetDoubtful(now);
        entry.DoubtedAt = now;
        _doubtful.Enqueue((tunnelId, now));
    }

    private void ForgetDoubtful(DateTimeOffset now)
    {
        while (_doubtful.TryPeek(out var oldest) && oldest.Since + Patience <= now)
        {
            _doubtful.Dequeue();
            // One that was doubted again since then has a later place in the queue.
            if (_tunnels.TryGetValue(oldest.TunnelId, out var entry) && entry.State != State.Connected && entry.DoubtedAt == oldest.Since)
                Forget(oldest.TunnelId);
        }
    }

    private void Forget(string tunnelId)
    {
        if (_tunnels.TryRemove(tunnelId, out var entry))
            Unlink(tunnelId, entry);
    }

    private void Unlink(string tunnelId, Entry entry)
    {
        if (entry.User is { } user)
            Take(_users, user.OpenId, tunnelId);
        foreach (var room in entry.Rooms ?? [])
            Take(_rooms, room, tunnelId);
        entry.Rooms = null;
    }

    private static void Add(Dictionary<string, HashSet<string>> sets, string key, string tunnelId)
    {
        if (!sets.TryGetValue(key, out var set))
            sets.Add(key, set = new HashSet<string>(StringComparer.Ordinal));
        set.Add(tunnelId);
    }

    private static void Take(Dictionary<string, HashSet<string>> sets, string key, string tunnelId)
    {
        if (sets.TryGetValue(key, out var set) && set.Remove(tunnelId) && set.Count == 0)
            sets.Remove(key);
    }

    private enum State
    {
        Pending,
        Connected,
        Gone,
    }

    private sealed class Entry
    {
        public UserInfo? User { get; init; }

        public State State { get; set; }

        public DateTimeOffset DoubtedAt { get; set; }

        public HashSet<string>? Rooms { get; set; }
    }
}
