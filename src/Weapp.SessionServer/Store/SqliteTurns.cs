using Microsoft.Data.Sqlite;

namespace Weapp.SessionServer.Store;

/// <summary>One connection for many callers: a call that finds it taken waits without holding a thread.</summary>
internal sealed class SqliteTurns(Func<SqliteConnection> open) : IDisposable
{
    /// <summary>The longest that a call waits for its turn, and the longest that SQLite waits for other connections.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim _turn = new(1);
    private SqliteCommands? _commands;

    /// <exception cref="SessionStoreException">SQLite failed, or others took too long.</exception>
    public async ValueTask<T> RunAsync<T>(Func<SqliteCommands, T> call, CancellationToken cancellationToken)
    {
        if (!await _turn.WaitAsync(Patience, cancellationToken))
            throw new SessionStoreException("The session database was busy for too long.", new TimeoutException());
        try
        {
            return call(_commands ??= new SqliteCommands(open()));
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

    public void Dispose()
    {
        _commands?.Dispose();
        _turn.Dispose();
    }
}
