using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;

namespace Weapp.SessionServer.Store;

/// <summary>
/// The sessions in a SQLite file. One connection with prepared commands; a call that finds it taken waits without holding a thread.
/// </summary>
internal sealed class SqliteSessionStore : ISessionStore, IDisposable
{
    /// <summary>The longest that a call waits for its turn, and the longest that SQLite waits for other processes.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim _turn = new(1);
    private readonly SessionServerOptions _options;
    private readonly string _connectionString;
    private readonly TimeProvider _time;
    private SqliteCommands? _commands;

    public SqliteSessionStore(IOptions<SessionServerOptions> options, TimeProvider time)
    {
        _time = time;
        _options = options.Value;
        _connectionString = new SqliteConnectionStringBuilder(_options.ConnectionString)
        {
            // The one connection lives as long as the store does.
            Pooling = false,
            DefaultTimeout = (int)Patience.TotalSeconds,
        }.ToString();
    }

    public async ValueTask OpenAsync(CancellationToken cancellationToken) => await InTurnAsync(static _ => true, cancellationToken);

    public ValueTask<StoredUser?> FindUserAsync(UserKey user, CancellationToken cancellationToken) =>
        InTurnAsync(commands => commands.FindUser(user), cancellationToken);

    public async ValueTask AddAsync(StoredSession session, StoredUser user, int maxSessions, CancellationToken cancellationToken)
    {
        var forgetBefore = _time.GetUtcNow() - _options.LoginDuration - ISessionStore.Afterlife;
        await InTurnAsync(
            commands =>
            {
                commands.Add(session, user, maxSessions, forgetBefore);
                return true;
            },
            cancellationToken);
    }

    public ValueTask<FoundSession?> FindAsync(byte[] skeyHash, CancellationToken cancellationToken) =>
        InTurnAsync(commands => commands.Find(skeyHash), cancellationToken);

    public async ValueTask VisitAsync(StoredSession session, DateTimeOffset now, CancellationToken cancellationToken) =>
        await InTurnAsync(
            commands =>
            {
                commands.Visit(session.SkeyHash, now);
                return true;
            },
            cancellationToken);

    public async ValueTask ReplaceKeyAsync(UserKey user, byte[] protectedKey, byte[]? previousKey, CancellationToken cancellationToken) =>
        await InTurnAsync(
            commands =>
            {
                commands.ReplaceKey(user, protectedKey, previousKey);
                return true;
            },
            cancellationToken);

    public ValueTask<bool> RemoveAsync(StoredSession session, CancellationToken cancellationToken) =>
        InTurnAsync(commands => commands.Remove(session.SkeyHash), cancellationToken);

    public void Dispose()
    {
        _commands?.Dispose();
        _turn.Dispose();
    }

    private async ValueTask<T> InTurnAsync<T>(Func<SqliteCommands, T> call, CancellationToken cancellationToken)
    {
        if (!await _turn.WaitAsync(Patience, cancellationToken))
            throw new SessionStoreException("The session database was busy for too long.", new TimeoutException());
        try
        {
            return call(_commands ??= new SqliteCommands(SqliteSchema.Open(_connectionString, _options.DefaultAppId ?? "")));
        }
        catch (SqliteException e)
        {
            throw new SessionStoreException("The session database failed.", e);
        }
        finally
        {
            _turn.Release();
        }
    }
}
