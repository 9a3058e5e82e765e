using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using StackExchange.Redis;
using Weapp.TunnelServer.Http;
using Weapp.TunnelServer.Tunnels;

namespace Weapp.TunnelServer.Nodes;

/// <summary>Keeps this node among the living, and looks after the dead.</summary>
internal sealed class NodeUpkeep(
    IOptions<TunnelServerOptions> options, NodeState state, RedisNodes nodes, NodeBus bus, NodeReaper reaper, RedisTunnels redis, RedisLink link,
    TunnelHub hub, PushRouter router, TunnelClients clients, ILoggerFactory loggers)
    : IDisposable
{
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(200);

    private readonly ILogger _logger = loggers.CreateLogger(NodeLog.Category);
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _hurry = new(0, 1);
    private Task _work = Task.CompletedTask;

    public void Start()
    {
        bus.Received = Receive;
        link.Restored += Hurry;
        state.Fence = lease =>
        {
            hub.Fence(lease);
            Hurry();
        };
        _work = Task.WhenAll(RenewAllAsync(), nodes.ReleaseAllAsync(_stop.Token), reaper.RunAsync(_stop.Token));
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
        if (!lease.IsHeld || state.RedisNow > push.Expires || clients.Find(push.OwnerId) is not { } owner)
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
            var pause = options.Value.NodeLease / 3;
            try
            {
                await nodes.RenewAsync();
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
}
