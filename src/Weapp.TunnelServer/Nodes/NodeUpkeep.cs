using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using StackExchange.Redis;
using Weapp.TunnelServer.Http;
using Weapp.TunnelServer.Tunnels;

namespace Weapp.TunnelServer.Nodes;

/// <summary>Keeps this node among the living, and looks after the dead.</summary>
internal sealed class NodeUpkeep(
    IOptions<TunnelServerOptions> options, NodeState state, HeldTunnels held, NodeBus bus, NodeReaper reaper, RedisTunnels redis, RedisLink link, TimeProvider time,
    TunnelHub hub, PushRouter router, TunnelClients clients, ILoggerFactory loggers)
    : IDisposable
{
    // Of these heartbeats enough fit into a lease that one may be missed, and Redis be away for two thirds of it.
    private const int HeartbeatsPerLease = 6;

    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(200);

    private readonly ILogger _logger = loggers.CreateLogger(NodeLog.Category);
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _hurry = new(0, 1);
    private Task _work = Task.CompletedTask;
    private NodeLease? _joined;

    public void Start()
    {
        bus.Received = Receive;
        link.Restored += Hurry;
        state.Hurry = Hurry;
        state.Fence = lease =>
        {
            hub.Fence(lease);
            Hurry();
        };
        _work = Task.WhenAll(RenewAllAsync(), held.ReleaseAllAsync(_stop.Token), reaper.RunAsync(_stop.Token));
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();
        try
        {
            await _work.WaitAsync(cancellationToken);
            if (state.Lease is { IsHeld: true } lease)
                await redis.LeaveAsync(lease.NodeId).WaitAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException or OperationCanceledException)
        {
            // The others find out when the lease ends.
            NodeLog.LeftWithoutWord(_logger);
        }
    }

    public void Dispose()
    {
        _stop.Dispose();
        _hurry.Dispose();
    }

    private BusAnswer? Receive(BusPush push, NodeLease lease)
    {
        // Out of touch this node does not know how old the push is.
        if (!lease.IsHeld || !(state.LatestNow <= push.Expires) || clients.Find(push.OwnerId) is not { } owner)
            return null;
        var outcome = new PushOutcome();
        router.PushHere(owner, push.CallId, push.Packets, outcome);
        return new BusAnswer(push.OwnerId, push.RequestId, outcome.Invalid);
    }

    private void Hurry()
    {
        try
        {
            _hurry.Release();
        }
        catch (Exception exception) when (exception is SemaphoreFullException or ObjectDisposedException)
        {
            // It hurries already, or has ended.
        }
    }

    private async Task RenewAllAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            var pause = options.Value.NodeLease / HeartbeatsPerLease;
            try
            {
                await RenewAsync();
            }
            catch (Exception exception) when (exception is RedisException or TimeoutException)
            {
                state.OutOfTouch(exception.GetType().Name);
                pause = RetryPause;
            }
            catch (Exception exception)
            {
                NodeLog.UpkeepFailed(_logger, exception);
                pause = RetryPause;
            }

            try
            {
                await _hurry.WaitAsync(pause, _stop.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    // Says that this node lives; after Redis was emptied or restarted, enters its tunnels again.
    private async Task RenewAsync()
    {
        var lease = state.Current();
        await bus.ListenAsync(lease);
        var before = time.GetTimestamp();
        var renewal = await redis.RenewAsync(lease.NodeId, lease.Epoch);
        if (!renewal.IsMember)
        {
            lease.Lose();
            return;
        }

        if (lease.Epoch.Length > 0 && lease.Epoch != renewal.Epoch)
            await held.EnterAsync(lease);
        lease.Epoch = renewal.Epoch;
        state.Renewed(renewal, before);
        if (_joined == lease)
            return;
        await held.BequeathAsync(renewal.Epoch);
        _joined = lease;
    }
}
