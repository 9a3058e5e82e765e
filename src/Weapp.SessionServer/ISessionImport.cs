namespace Weapp.SessionServer;

/// <summary>Takes sessions over from another session server, so that nobody has to log in again.</summary>
public interface ISessionImport
{
    /// <summary>Stores a session; what is stored already stays as it is.</summary>
    /// <param name="session">The session.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    /// <exception cref="IOException">The session store failed.</exception>
    ValueTask<SessionImportOutcome> AddAsync(ImportedSession session, CancellationToken cancellationToken);
}

/// <summary>A session of another session server.</summary>
/// <param name="Id">Its id: the official session server's <c>uuid</c>.</param>
/// <param name="Skey">Its secret.</param>
/// <param name="OpenId">Whose it is.</param>
/// <param name="SessionKey">WeChat's <c>session_key</c>; with one that cannot be, the session works and decrypts nothing.</param>
/// <param name="UserInfo">The user as JSON, plain or as base64; null or empty for none.</param>
/// <param name="Created">When its user logged in.</param>
/// <param name="Visited">When it was used last.</param>
public sealed record ImportedSession(
    string Id, string Skey, string OpenId, string SessionKey, string? UserInfo, DateTimeOffset Created, DateTimeOffset Visited)
{
    /// <summary>The mini program; null for the session server's own.</summary>
    public string? AppId { get; init; }

    /// <summary>Names the type only: the members belong in no log.</summary>
    public override string ToString() => nameof(ImportedSession);
}

/// <summary>What became of an imported session.</summary>
public enum SessionImportOutcome
{
    /// <summary>It is stored.</summary>
    Imported,

    /// <summary>It was stored before.</summary>
    AlreadyThere,

    /// <summary>It has expired.</summary>
    Expired,

    /// <summary>Its id, skey or open id is missing or can be none, or its mini program is not ours.</summary>
    Unusable,
}
