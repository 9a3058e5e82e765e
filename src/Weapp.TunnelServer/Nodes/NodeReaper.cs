using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using StackExchange.Redis;
using Weapp.Protocol.Packets;
using Weapp.TunnelServer.Delivery;
using Weapp.TunnelServer.Http;

namespace Weapp.TunnelServer.Nodes;

/// <summary>
/// Sends the close events of a dead node's tunnels. A tunnel is taken out of Redis after its event was delivered, so that another node goes on if this
/// one dies as well; an event that is sent twice has the same id.
/// </summary>
internal sealed class NodeReaper(
    NodeState state, RedisTunnels redis, EventDelivery delivery, DeploymentKeys keys, TunnelClients clients, HttpReceivers receivers,
    IOptions<TunnelServerOptions> options, TimeProvider time, ILoggerFactory loggers) : IDisposable
{
    private const int MaxAttemptsAtOnce = 64;

    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FlushPause = TimeSpan.FromMilliseconds(100);

    private readonly ILogger _logger = loggers.CreateLogger(NodeLog.Category);
    private readonly SemaphoreSlim _attempts = new(MaxAttemptsAtOnce);

    /// <summary>Looks for dead nodes until the token is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var reaping = new List<Task>();
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                reaping.RemoveAll(static task => task.IsCompleted);
                if (state.IsInTouch && state.HasWatched && await redis.TakeOverAsync() is { } dead)
                    reaping.Add(ReapAsync(dead));
            }
            catch (Exception exception) when (exception is RedisException or TimeoutException)
            {
                // The heartbeat says that Redis is out of reach.
            }

            await Task.Delay(Pause(), time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await Task.WhenAll(reaping);
    }

    public void Dispose() => _attempts.Dispose();

    // Spread, so that the nodes do not all ask at once.
    private TimeSpan Pause()
    {
        var pause = options.Value.NodeLease / 10;
        return (pause < LongestPause ? pause : LongestPause) * RandomNumberGenerator.GetInt32(750, 1251) / 1000;
    }

    private async Task ReapAsync(string dead)
    {
        NodeLog.Reaping(_logger, dead);
        var done = new ConcurrentQueue<string>();
        try
        {
            var closes = new Dictionary<string, Task>(StringComparer.Ordinal);
            await foreach (var (id, record) in redis.TunnelsOfAsync(dead))
            {
                if (!closes.ContainsKey(id))
                    closes[id] = CloseAsync(id, record, done);
            }

            await FollowAsync(dead, Task.WhenAll(closes.Values), done);
            await redis.BuryAsync(dead);
            NodeLog.Reaped(_logger, dead, closes.Count);
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException or ObjectDisposedException)
        {
            // This or another node takes over what is left.
            NodeLog.ReapingInterrupted(_logger, dead);
        }
        catch (Exception exception)
        {
            NodeLog.UpkeepFailed(_logger, exception);
        }
    }

    // Keeps the dead node to this one, and takes out what was delivered.
    private async Task FollowAsync(string dead, Task closing, ConcurrentQueue<string> done)
    {
        var held = time.GetTimestamp();
        List<string> batch = [];
        while (true)
        {
            var isLast = closing.IsCompleted;
            batch.Clear();
            while (batch.Count < 500 && done.TryDequeue(out var id))
                batch.Add(id);
            if (batch.Count > 0)
                await redis.ReleaseAsync(dead, batch);
            else if (isLast)
                return;
            if (time.GetElapsedTime(held) >= options.Value.NodeLease / 3)
            {
                await redis.HoldAsync(dead);
                held = time.GetTimestamp();
            }

            await Task.WhenAny(closing, Task.Delay(FlushPause, time));
        }
    }

    private async Task CloseAsync(string id, byte[] record, ConcurrentQueue<string> done)
    {
        if (RouteRecord.Read(keys, id, record, clients, receivers) is not { } route)
            NodeLog.BadRecord(_logger);
        else if (await delivery.DeliverAsync(id, new TurnSink(route.Sink, _attempts), new TunnelEvent(PacketType.Close, default, Seq: null)) == DeliveryVerdict.GivenUp)
            return;
        done.Enqueue(id);
    }

    /// <summary>Waits for its turn before every attempt, and not in the pauses between.</summary>
    private sealed class TurnSink(IEventSink sink, SemaphoreSlim turns) : IEventSink
    {
        public AppLink App => sink.App;

        public async ValueTask<DeliveryOutcome> DeliverAsync(string tunnelId, TunnelEvent tunnelEvent, CancellationToken cancellationToken)
        {
            await turns.WaitAsync(cancellationToken);
            try
            {
                return await sink.DeliverAsync(tunnelId, tunnelEvent, cancellationToken);
            }
            finally
            {
                turns.Release();
            }
        }
    }
}
