using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Weapp.SessionServer.Store;

/// <summary>The connection to Redis, made when it is first needed; it comes back by itself when it was lost.</summary>
internal sealed class RedisConnection(IOptions<SessionServerOptions> options) : IAsyncDisposable
{
    /// <summary>What all our keys begin with.</summary>
    public const string Prefix = "weapp:session:";

    private readonly SemaphoreSlim _connecting = new(1);
    private ConnectionMultiplexer? _connection;

    /// <exception cref="RedisException">Redis cannot be reached.</exception>
    public async ValueTask<IDatabase> DatabaseAsync(CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _connection) is null)
        {
            await _connecting.WaitAsync(cancellationToken);
            try
            {
                _connection ??= await ConnectionMultiplexer.ConnectAsync(Configuration(options.Value.Redis!));
            }
            finally
            {
                _connecting.Release();
            }
        }

        return _connection!.GetDatabase();
    }

    /// <summary>For callers that cannot wait, after the store was opened.</summary>
    public IDatabase Database() =>
        Volatile.Read(ref _connection)?.GetDatabase() ?? throw new InvalidOperationException("Redis is used before the session store was opened.");

    public async ValueTask DisposeAsync()
    {
        if (_connection is not null)
            await _connection.DisposeAsync();
        _connecting.Dispose();
    }

    private static ConfigurationOptions Configuration(string text)
    {
        var configuration = ConfigurationOptions.Parse(text);
        configuration.BacklogPolicy = BacklogPolicy.FailFast;
        configuration.ConnectTimeout = 2000;
        configuration.AsyncTimeout = 2000;
        return configuration;
    }
}
