using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;
using Weapp.Protocol;
using Weapp.Protocol.Packets;
using Weapp.TunnelServer.Delivery;
using Weapp.TunnelServer.Http;
using Weapp.TunnelServer.Tunnels;

namespace Weapp.TunnelServer.Nodes;

/// <summary>One of several nodes that share tickets and tunnels through Redis. docs/scaling.md has the keys and the guarantees.</summary>
internal sealed class RedisNodes(
    NodeState state, RedisTunnels redis, HeldTunnels held, NodePushes pushes, DeploymentKeys keys, TunnelClients clients, HttpReceivers receivers,
    IHostApplicationLifetime lifetime, TimeProvider time, ILoggerFactory loggers)
    : ITunnelNodes
{
    // A refusal costs a phone one of its five tries, so a short absence of Redis is waited for.
    private static readonly TimeSpan GrantPatience = TimeSpan.FromSeconds(3);

    // The official client does not try again after a refused handshake.
    private static readonly TimeSpan ClaimPatience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(50);

    private readonly ILogger _logger = loggers.CreateLogger(NodeLog.Category);

    public async ValueTask<GrantOutcome> GrantAsync(TunnelRoute route, CancellationToken cancellationToken)
    {
        var ticket = TunnelTicket.Next();
        var record = RouteRecord.Write(keys, ticket.Id, route);
        var granted = await PatientlyAsync(async _ => (bool?)await redis.GrantAsync(ticket, route.Owner.Id, record), GrantPatience, cancellationToken);
        return granted switch
        {
            true => new GrantOutcome(ticket, null),
            false => new GrantOutcome(null, Rejection.TooMany),
            null => new GrantOutcome(null, Rejection.Unavailable),
        };
    }

    public async ValueTask<ClaimOutcome> ClaimAsync(string id, string ticket, CancellationToken cancellationToken)
    {
        var claimId = Secrets.Next();

        // The lease under which Redis may have the tunnel without anybody who holds it.
        NodeLease? doubt = null;
        held.ClaimBegins(claimId, id);
        try
        {
            var claim = await PatientlyAsync(TryAsync, ClaimPatience, cancellationToken);
            return claim ?? new ClaimOutcome(null, IsUnavailable: true);
        }
        finally
        {
            held.ClaimEnded(claimId);
            // It may have been done all the same; then nobody will connect, and the record must not stay.
            if (doubt is not null)
                held.Forget(doubt, id);
        }

        async Task<ClaimOutcome?> TryAsync(NodeLease lease)
        {
            if (state.EarliestNow is not { } now)
                return null;
            var entries = held.Entries;
            try
            {
                var (status, record) = await redis.ClaimAsync(id, ticket, lease.NodeId, claimId, now + RedisLink.TimeoutMilliseconds);
                if (status == ClaimStatus.NotNow)
                {
                    // Redis was emptied, or its clock set, or this node taken for dead: the heartbeat finds out.
                    state.Hurry?.Invoke();
                    return null;
                }

                if (status != ClaimStatus.Claimed)
                    return default(ClaimOutcome);
                var claimed = await TakeAsync(id, lease, record!, entries);
                doubt = claimed.Tunnel is null ? lease : null;
                return claimed;
            }
            catch (Exception exception) when (exception is RedisException or TimeoutException)
            {
                doubt = lease;
                throw;
            }
        }
    }

    public void Release(PendingTunnel tunnel) => held.Release(tunnel.Id);

    public ValueTask PushAsync(TunnelOwner owner, string? callId, IReadOnlyList<PushPacket> packets, PushOutcome result) =>
        pushes.PushAsync(owner, callId, packets, result);

    public void Sweep()
    {
    }

    private async ValueTask<ClaimOutcome> TakeAsync(string id, NodeLease lease, byte[] record, int entries)
    {
        if (RouteRecord.Read(keys, id, record, clients, receivers) is not { } route)
        {
            NodeLog.BadRecord(_logger);
            return default;
        }

        await held.AddAsync(id, lease, record, entries);
        return new ClaimOutcome(new PendingTunnel(id, route.Owner, new LeasedSink(route.Sink, lease), lease), IsUnavailable: false);
    }

    // Null when it could not be done in time.
    private async ValueTask<T?> PatientlyAsync<T>(Func<NodeLease, Task<T?>> call, TimeSpan patience, CancellationToken cancellationToken)
        where T : struct
    {
        var started = time.GetTimestamp();
        while (true)
        {
            try
            {
                var lease = state.Lease;
                if (lease.IsHeld && await call(lease) is { } result)
                    return result;
            }
            catch (Exception exception) when (exception is RedisException or TimeoutException)
            {
                // Tried again below.
            }

            // A phone that is refused by a node that stops is another node's at once.
            if (time.GetElapsedTime(started) >= patience || lifetime.ApplicationStopping.IsCancellationRequested)
                return null;
            await Task.Delay(RetryPause, time, cancellationToken);
        }
    }
}
