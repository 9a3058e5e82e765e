using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using StackExchange.Redis;
using Weapp.Protocol.Packets;
using Weapp.TunnelServer.Delivery;
using Weapp.TunnelServer.Diagnostics;
using Weapp.TunnelServer.Http;

namespace Weapp.TunnelServer.Nodes;

/// <summary>
/// Sends the close events of a dead node's tunnels. A tunnel is taken out of Redis after its event was delivered, so that another node goes on if this
/// one dies as well; an event that is sent twice has the same id.
/// </summary>
internal sealed class NodeReaper(
    NodeState state, RedisTunnels redis, EventDelivery delivery, DeploymentKeys keys, TunnelClients clients, HttpReceivers receivers,
    IOptions<TunnelServerOptions> options, TunnelServerMetrics metrics, TimeProvider time, ILoggerFactory loggers) : IDisposable
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
                if (state.IsInTouch && await redis.TakeOverAsync(DeadUntil()) is { } dead)
                    reaping.Add(ReapAsync(dead, cancellationToken));
            }
            catch (Exception exception) when (exception is RedisException or TimeoutException)
            {
                // The heartbeat says that Redis is out of reach.
            }
            catch (Exception exception)
            {
                NodeLog.UpkeepFailed(_logger, exception);
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

    // By Redis's clock, which may be set forward: then nobody is dead for it before a heartbeat has noticed.
    private long DeadUntil() => state.HasWatched && state.LatestNow is { } now ? now + RedisLink.TimeoutMilliseconds : 0;

    private async Task ReapAsync(string dead, CancellationToken cancellationToken)
    {
        NodeLog.Reaping(_logger, dead);
        var estate = new Estate();
        // A node that stops leaves it to another at once.
        using var stopping = cancellationToken.Register(static estate => ((Estate)estate!).IsOurs = false, estate);
        try
        {
            var records = new Dictionary<string, byte[]>(StringComparer.Ordinal);
            await foreach (var (id, record) in redis.TunnelsOfAsync(dead))
                records[id] = record;
            await FollowAsync(dead, Task.WhenAll(records.Select(record => CloseAsync(record.Key, record.Value, estate))), estate);
            await redis.BuryAsync(dead);
            if (estate.IsOurs)
                NodeLog.Reaped(_logger, dead, records.Count);
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
        finally
        {
            estate.IsOurs = false;
        }
    }

    // Keeps the dead node to this one, and takes out what was delivered. Redis may be away meanwhile, until another node can have taken over.
    private async Task FollowAsync(string dead, Task closing, Estate estate)
    {
        var held = time.GetTimestamp();
        List<string> batch = [];
        while (true)
        {
            var isLast = closing.IsCompleted;
            while (batch.Count < 500 && estate.Done.TryDequeue(out var id))
                batch.Add(id);
            if (isLast && batch.Count == 0)
                return;
            try
            {
                if (batch.Count > 0)
                    await redis.ReleaseAsync(dead, batch);
                batch.Clear();
                if (time.GetElapsedTime(held) >= options.Value.NodeLease / 3)
                {
                    var before = time.GetTimestamp();
                    await redis.HoldAsync(dead);
                    held = before;
                }
            }
            catch (Exception exception) when (exception is RedisException or TimeoutException && time.GetElapsedTime(held) < options.Value.NodeLease)
            {
                // Tried again below.
            }

            await Task.WhenAny(closing, Task.Delay(FlushPause, time));
            if (closing.IsCompleted && batch.Count > 0)
                await Task.Delay(FlushPause, time);
        }
    }

    private async Task CloseAsync(string id, byte[] record, Estate estate)
    {
        if (RouteRecord.Read(keys, id, record, clients, receivers) is not { } route)
            NodeLog.BadRecord(_logger);
        else if (await CloseInTurnAsync(id, route.Sink, estate) == DeliveryVerdict.GivenUp)
            return;
        estate.Done.Enqueue(id);
    }

    private async Task<DeliveryVerdict> CloseInTurnAsync(string id, IEventSink sink, Estate estate)
    {
        await sink.App.Inherited.WaitAsync();
        try
        {
            if (!estate.IsOurs)
                return DeliveryVerdict.GivenUp;
            if (estate.HasGivenUp(sink.App))
            {
                metrics.Event(PacketType.Close, DeliveryVerdict.Unreachable);
                return DeliveryVerdict.Unreachable;
            }

            var verdict = await delivery.DeliverAsync(id, new TurnSink(sink, _attempts, estate), new TunnelEvent(PacketType.Close, default, Seq: null));
            if (verdict == DeliveryVerdict.Unreachable)
                estate.GiveUp(sink.App);
            return verdict;
        }
        finally
        {
            sink.App.Inherited.Release();
        }
    }

    /// <summary>What a dead node has left.</summary>
    private sealed class Estate
    {
        private readonly ConcurrentDictionary<AppLink, bool> _givenUp = new();
        private volatile bool _isOurs = true;

        /// <summary>Tunnels whose close event is delivered.</summary>
        public ConcurrentQueue<string> Done { get; } = new();

        /// <summary>Whether nobody else works on it.</summary>
        public bool IsOurs
        {
            get => _isOurs;
            set => _isOurs = value;
        }

        /// <summary>Whether a close event has waited for the app in vain: those behind it have waited as long.</summary>
        public bool HasGivenUp(AppLink app) => _givenUp.ContainsKey(app);

        public void GiveUp(AppLink app) => _givenUp[app] = true;
    }

    /// <summary>Waits for its turn before every attempt, and not in the pauses between.</summary>
    private sealed class TurnSink(IEventSink sink, SemaphoreSlim turns, Estate estate) : IEventSink
    {
        public AppLink App => sink.App;

        public bool IsGone => sink.IsGone;

        public async ValueTask<DeliveryOutcome> DeliverAsync(string tunnelId, TunnelEvent tunnelEvent, CancellationToken cancellationToken)
        {
            await turns.WaitAsync(cancellationToken);
            try
            {
                return estate.IsOurs ? await sink.DeliverAsync(tunnelId, tunnelEvent, cancellationToken) : DeliveryOutcome.GivenUp("another node goes on");
            }
            finally
            {
                turns.Release();
            }
        }
    }
}
