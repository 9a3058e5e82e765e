using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;

namespace Weapp.SessionServer.Store;

/// <summary>
/// The sessions in a SQLite file. Whoever reads never waits for a login that is being written: they have a connection each.
/// </summary>
internal sealed class SqliteSessionStore : ISessionStore, IDisposable
{
    private readonly SessionServerOptions _options;
    private readonly TimeProvider _time;
    private readonly SqliteTurns _writing;
    private readonly SqliteTurns _reading;

    public SqliteSessionStore(IOptions<SessionServerOptions> options, TimeProvider time)
    {
        _time = time;
        _options = options.Value;
        var database = new SqliteConnectionStringBuilder(_options.ConnectionString)
        {
            // The connections live as long as the store does.
            Pooling = false,
            DefaultTimeout = (int)SqliteTurns.Patience.TotalSeconds,
        };
        _writing = new SqliteTurns(() => SqliteSchema.Open(database.ToString(), _options.DefaultAppId ?? ""));
        // A database in memory is its connection's own.
        _reading = SqliteSchema.IsInMemory(database) ? _writing : new SqliteTurns(() => SqliteSchema.OpenToRead(database.ToString()));
    }

    public async ValueTask OpenAsync(CancellationToken cancellationToken)
    {
        await _writing.RunAsync(static _ => true, cancellationToken);
        await _reading.RunAsync(static _ => true, cancellationToken);
    }

    public ValueTask<StoredUser?> FindUserAsync(UserKey user, CancellationToken cancellationToken) =>
        _reading.RunAsync(commands => commands.FindUser(user), cancellationToken);

    public async ValueTask AddAsync(StoredSession session, StoredUser user, int maxSessions, CancellationToken cancellationToken)
    {
        var forgetBefore = _time.GetUtcNow() - _options.LoginDuration - ISessionStore.Afterlife;
        await _writing.RunAsync(
            commands =>
            {
                commands.Add(session, user, maxSessions, forgetBefore);
                return true;
            },
            cancellationToken);
    }

    public ValueTask<FoundSession?> FindAsync(byte[] skeyHash, CancellationToken cancellationToken) =>
        _reading.RunAsync(commands => commands.Find(skeyHash), cancellationToken);

    public async ValueTask VisitAsync(StoredSession session, DateTimeOffset now, CancellationToken cancellationToken) =>
        await _writing.RunAsync(
            commands =>
            {
                commands.Visit(session.SkeyHash, now);
                return true;
            },
            cancellationToken);

    public async ValueTask ReplaceKeyAsync(UserKey user, byte[] protectedKey, byte[]? previousKey, CancellationToken cancellationToken) =>
        await _writing.RunAsync(
            commands =>
            {
                commands.ReplaceKey(user, protectedKey, previousKey);
                return true;
            },
            cancellationToken);

    public ValueTask<bool> RemoveAsync(StoredSession session, CancellationToken cancellationToken) =>
        _writing.RunAsync(commands => commands.Remove(session.SkeyHash), cancellationToken);

    public void Dispose()
    {
        _reading.Dispose();
        _writing.Dispose();
    }
}
