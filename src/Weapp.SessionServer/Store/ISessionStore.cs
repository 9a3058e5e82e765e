namespace Weapp.SessionServer.Store;

/// <summary>
/// Where sessions are kept. Of a skey it is given only the hash and of a <c>session_key</c> only the cipher text, so that what is
/// stored logs nobody in. Every call throws <see cref="SessionStoreException"/> when the store fails.
/// </summary>
internal interface ISessionStore
{
    /// <summary>How long a session is kept after the end of its login, so that it is told from one that never was.</summary>
    static readonly TimeSpan Afterlife = TimeSpan.FromDays(7);

    /// <summary>Opens the store, so that a wrong setting shows at start and not at the first login.</summary>
    ValueTask OpenAsync(CancellationToken cancellationToken);

    /// <summary>What is kept of a user; null for one who is not known, or whose last login is long ago.</summary>
    ValueTask<StoredUser?> FindUserAsync(UserKey user, CancellationToken cancellationToken);

    /// <summary>Stores a session and its user, and removes the user's oldest sessions beyond <paramref name="maxSessions"/>.</summary>
    ValueTask AddAsync(StoredSession session, StoredUser user, int maxSessions, CancellationToken cancellationToken);

    /// <summary>Finds a session and its user by the hash of its skey.</summary>
    ValueTask<FoundSession?> FindAsync(byte[] skeyHash, CancellationToken cancellationToken);

    /// <summary>Notes that a session was used. A session that has been removed meanwhile stays removed.</summary>
    ValueTask VisitAsync(StoredSession session, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Replaces the <c>session_key</c> of a user.</summary>
    ValueTask ReplaceKeyAsync(UserKey user, byte[] protectedKey, byte[]? previousKey, CancellationToken cancellationToken);

    /// <summary>Ends a session; tells whether it was there.</summary>
    ValueTask<bool> RemoveAsync(StoredSession session, CancellationToken cancellationToken);
}

/// <summary>Who a user is: an open id means something within one mini program only.</summary>
internal readonly record struct UserKey(string AppId, string OpenId);

/// <summary>A session as it is stored.</summary>
/// <param name="SkeyHash">The SHA-256 of its secret.</param>
/// <param name="Id">Its id.</param>
/// <param name="User">Whose it is.</param>
/// <param name="Created">When its user logged in.</param>
/// <param name="Visited">When it was used last.</param>
internal sealed record StoredSession(byte[] SkeyHash, string Id, UserKey User, DateTimeOffset Created, DateTimeOffset Visited);

/// <summary>A user as they are stored: what all their sessions share.</summary>
/// <param name="ProtectedKey">The <c>session_key</c>, encrypted.</param>
/// <param name="PreviousKey">The one before it, encrypted.</param>
/// <param name="Profile">The user as JSON.</param>
internal sealed record StoredUser(byte[] ProtectedKey, byte[]? PreviousKey, byte[] Profile);

/// <summary>A session and its user.</summary>
internal sealed record FoundSession(StoredSession Session, StoredUser User);

/// <summary>The store failed: it is out of reach, full, busy for too long or damaged.</summary>
internal sealed class SessionStoreException(string message, Exception inner) : Exception(message, inner);
