using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Weapp.TunnelServer.Nodes;

/// <summary>The connection to Redis; it comes back by itself when it was lost. A call fails within a second and never waits for a connection.</summary>
internal sealed class RedisLink(IOptions<TunnelServerOptions> options, ILoggerFactory loggers) : IAsyncDisposable
{
    /// <summary>How long a call waits for its answer.</summary>
    public const int TimeoutMilliseconds = 1000;

    // How often timeouts are looked for, and reconnecting is tried.
    private const int HeartbeatMilliseconds = 200;

    // A connection on which nothing comes back, the one for messages included, is given up after some five times that.
    private const int KeepAliveSeconds = 1;

    private readonly ILogger _logger = loggers.CreateLogger(NodeLog.Category);
    private readonly Lock _gate = new();
    private Task<ConnectionMultiplexer>? _connecting;

    /// <summary>Raised when a connection came back.</summary>
    public event Action? Restored;

    /// <summary>Raised when a connection was lost: what was written may not have arrived.</summary>
    public event Action? Failed;

    public async ValueTask<IDatabase> DatabaseAsync() => (await ConnectionAsync()).GetDatabase();

    public async ValueTask<ISubscriber> SubscriberAsync() => (await ConnectionAsync()).GetSubscriber();

    public async ValueTask DisposeAsync()
    {
        if (_connecting is { IsFaulted: false } connecting)
            await (await connecting).DisposeAsync();
    }

    private Task<ConnectionMultiplexer> ConnectionAsync()
    {
        lock (_gate)
            return _connecting is null or { IsFaulted: true } ? _connecting = ConnectAsync() : _connecting;
    }

    private async Task<ConnectionMultiplexer> ConnectAsync()
    {
        var configuration = ConfigurationOptions.Parse(options.Value.Redis!);
        configuration.AbortOnConnectFail = false;
        configuration.BacklogPolicy = BacklogPolicy.FailFast;
        configuration.ConnectTimeout = TimeoutMilliseconds;
        configuration.AsyncTimeout = TimeoutMilliseconds;
        configuration.SyncTimeout = TimeoutMilliseconds;
        configuration.HeartbeatInterval = TimeSpan.FromMilliseconds(HeartbeatMilliseconds);
        configuration.KeepAlive = KeepAliveSeconds;
        configuration.ConnectRetry = 1;
        configuration.ReconnectRetryPolicy = new LinearRetry(HeartbeatMilliseconds);
        var connection = await ConnectionMultiplexer.ConnectAsync(configuration);
        connection.ConnectionRestored += (_, _) => Restored?.Invoke();
        connection.ConnectionFailed += (_, failure) =>
        {
            NodeLog.ConnectionLost(_logger, failure.ConnectionType.ToString(), failure.FailureType.ToString());
            Failed?.Invoke();
        };
        return connection;
    }
}
