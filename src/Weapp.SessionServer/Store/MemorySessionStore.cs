namespace Weapp.SessionServer.Store;

/// <summary>The sessions in memory: they go with the process.</summary>
internal sealed class MemorySessionStore : ISessionStore
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, StoredSession> _sessions = [];
    private readonly Dictionary<UserKey, (StoredUser User, List<string> Sessions)> _users = [];

    public ValueTask OpenAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public ValueTask<StoredUser?> FindUserAsync(UserKey user, CancellationToken cancellationToken)
    {
        lock (_lock)
            return ValueTask.FromResult(_users.TryGetValue(user, out var known) ? known.User : null);
    }

    public ValueTask AddAsync(StoredSession session, StoredUser user, int maxSessions, CancellationToken cancellationToken)
    {
        var key = Key(session.SkeyHash);
        lock (_lock)
        {
            var sessions = _users.TryGetValue(session.User, out var known) ? known.Sessions : [];
            _users[session.User] = (user, sessions);
            _sessions.Add(key, session);
            sessions.Add(key);
            for (; sessions.Count > maxSessions; sessions.RemoveAt(0))
                _sessions.Remove(sessions[0]);
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask<FoundSession?> FindAsync(byte[] skeyHash, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return ValueTask.FromResult(
                _sessions.TryGetValue(Key(skeyHash), out var session) ? new FoundSession(session, _users[session.User].User) : null);
        }
    }

    public ValueTask VisitAsync(StoredSession session, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var key = Key(session.SkeyHash);
        lock (_lock)
        {
            if (_sessions.TryGetValue(key, out var current) && current.Visited < now)
                _sessions[key] = current with { Visited = now };
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask ReplaceKeyAsync(UserKey user, byte[] protectedKey, byte[]? previousKey, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_users.TryGetValue(user, out var known))
                _users[user] = (known.User with { ProtectedKey = protectedKey, PreviousKey = previousKey }, known.Sessions);
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask<bool> RemoveAsync(StoredSession session, CancellationToken cancellationToken)
    {
        var key = Key(session.SkeyHash);
        lock (_lock)
        {
            if (_users.TryGetValue(session.User, out var known))
                known.Sessions.Remove(key);
            return ValueTask.FromResult(_sessions.Remove(key));
        }
    }

    private static string Key(byte[] skeyHash) => Convert.ToHexString(skeyHash);
}
