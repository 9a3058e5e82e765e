using System.Security.Cryptography;
using System.Text;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;

namespace Weapp.SessionServer.Store;

/// <summary>
/// The sessions in a SQLite file, one for each user. One connection with prepared commands; a call that finds it taken waits without
/// holding a thread. Of a skey only its hash is kept, so that the file logs nobody in.
/// </summary>
internal sealed class SessionStore : IDisposable
{
    /// <summary>The longest that a call waits for its turn, and the longest that SQLite waits for other processes.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim _turn = new(1);
    private readonly string _connectionString;
    private readonly TimeProvider _time;
    private SessionCommands? _commands;

    public SessionStore(IOptions<SessionServerOptions> options, TimeProvider time)
    {
        _time = time;
        _connectionString = new SqliteConnectionStringBuilder(options.Value.ConnectionString)
        {
            // The one connection lives as long as the store does.
            Pooling = false,
            DefaultTimeout = (int)Patience.TotalSeconds,
        }.ToString();
    }

    /// <summary>Stores a session in place of the same user's earlier one.</summary>
    /// <returns>Whether there was an earlier one.</returns>
    /// <exception cref="SqliteException">The database failed.</exception>
    /// <exception cref="TimeoutException">The database was busy for too long.</exception>
    public ValueTask<bool> ReplaceAsync(NewSession session, CancellationToken cancellationToken) =>
        InTurnAsync(commands => commands.Replace(session, _time.GetUtcNow().ToUnixTimeMilliseconds()), cancellationToken);

    /// <summary>The profile that is stored for a user, as JSON; null for a user without session.</summary>
    /// <exception cref="SqliteException">The database failed.</exception>
    /// <exception cref="TimeoutException">The database was busy for too long.</exception>
    public ValueTask<byte[]?> FindProfileAsync(string openId, CancellationToken cancellationToken) =>
        InTurnAsync(commands => commands.FindProfile(openId), cancellationToken);

    /// <summary>Finds a session; null when there is none.</summary>
    /// <param name="id">Its id, or null to find it by skey alone.</param>
    /// <param name="skey">Its secret.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    /// <exception cref="SqliteException">The database failed.</exception>
    /// <exception cref="TimeoutException">The database was busy for too long.</exception>
    public ValueTask<StoredSession?> FindAsync(string? id, string skey, CancellationToken cancellationToken) =>
        InTurnAsync(commands => commands.Find(Hash(skey)) is { } session && (id is null || session.Id == id) ? session : null, cancellationToken);

    /// <summary>Notes that a session was used now.</summary>
    /// <exception cref="SqliteException">The database failed.</exception>
    /// <exception cref="TimeoutException">The database was busy for too long.</exception>
    public ValueTask<bool> VisitAsync(StoredSession session, DateTimeOffset now, CancellationToken cancellationToken) =>
        InTurnAsync(commands => commands.Visit(session.Id, now.ToUnixTimeMilliseconds()), cancellationToken);

    /// <summary>Ends a session.</summary>
    /// <returns>Whether it was there.</returns>
    /// <exception cref="SqliteException">The database failed.</exception>
    /// <exception cref="TimeoutException">The database was busy for too long.</exception>
    public ValueTask<bool> RemoveAsync(StoredSession session, CancellationToken cancellationToken) =>
        InTurnAsync(commands => commands.Remove(session.Id), cancellationToken);

    /// <summary>Opens the database, so that a wrong path shows at start and not at the first login.</summary>
    /// <exception cref="SqliteException">The database cannot be opened.</exception>
    public ValueTask<bool> OpenAsync(CancellationToken cancellationToken) => InTurnAsync(static _ => true, cancellationToken);

    /// <summary>What is stored of a skey.</summary>
    public static byte[] Hash(string skey) => SHA256.HashData(Encoding.UTF8.GetBytes(skey));

    public void Dispose()
    {
        _commands?.Dispose();
        _turn.Dispose();
    }

    private async ValueTask<T> InTurnAsync<T>(Func<SessionCommands, T> call, CancellationToken cancellationToken)
    {
        if (!await _turn.WaitAsync(Patience, cancellationToken))
            throw new TimeoutException("The session database was busy for too long.");
        try
        {
            return call(_commands ??= SessionCommands.Open(_connectionString));
        }
        finally
        {
            _turn.Release();
        }
    }
}

/// <summary>A session to be stored.</summary>
/// <param name="OpenId">Whose it is.</param>
/// <param name="Id">Its id.</param>
/// <param name="SkeyHash">The hash of its secret.</param>
/// <param name="ProtectedKey">The <c>session_key</c>, encrypted.</param>
/// <param name="Profile">The user as JSON.</param>
internal sealed record NewSession(string OpenId, string Id, byte[] SkeyHash, byte[] ProtectedKey, byte[] Profile);

/// <summary>A session as it is stored.</summary>
/// <param name="Id">Its id.</param>
/// <param name="ProtectedKey">The <c>session_key</c>, encrypted.</param>
/// <param name="Profile">The user as JSON.</param>
/// <param name="Created">When its user logged in.</param>
/// <param name="Visited">When it was used last.</param>
internal sealed record StoredSession(string Id, byte[] ProtectedKey, byte[] Profile, DateTimeOffset Created, DateTimeOffset Visited);
