using System.Collections.Concurrent;
using System.Threading.Channels;
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
    NodeState state, RedisTunnels redis, NodeBus bus, DeploymentKeys keys, TunnelClients clients, HttpReceivers receivers, TimeProvider time, ILoggerFactory loggers)
    : ITunnelNodes
{
    private const int Batch = 500;

    // A refusal costs a phone one of its five tries, so a short absence of Redis is waited for.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(50);

    private static readonly TimeSpan PushTimeout = TimeSpan.FromSeconds(1.9);

    private readonly ILogger _logger = loggers.CreateLogger(NodeLog.Category);

    // What this node has claimed, for a Redis that lost it.
    private readonly ConcurrentDictionary<string, Claimed> _claimed = new(StringComparer.Ordinal);
    private readonly Channel<string> _released = Channel.CreateUnbounded<string>(new UnboundedChannelOptions { SingleReader = true });

    public async ValueTask<GrantOutcome> GrantAsync(TunnelRoute route, CancellationToken cancellationToken)
    {
        var ticket = TunnelTicket.Next();
        var record = RouteRecord.Write(keys, ticket.Id, route);
        var granted = await PatientlyAsync(async _ => (bool?)await redis.GrantAsync(ticket, route.Owner.Id, record), cancellationToken);
        return granted switch
        {
            true => new GrantOutcome(ticket, null),
            false => new GrantOutcome(null, Rejection.TooMany),
            null => new GrantOutcome(null, Rejection.Unavailable),
        };
    }

    public async ValueTask<ClaimOutcome> ClaimAsync(string id, string ticket, CancellationToken cancellationToken)
    {
        var claim = await PatientlyAsync(lease => TryClaimAsync(id, ticket, lease), cancellationToken);
        return claim ?? new ClaimOutcome(null, IsUnavailable: true);
    }

    public void Release(PendingTunnel tunnel)
    {
        if (_claimed.TryRemove(tunnel.Id, out var claimed) && !claimed.Lease.Lost.IsCancellationRequested)
            _released.Writer.TryWrite(tunnel.Id);
    }

    public async ValueTask PushAsync(TunnelOwner owner, string? callId, IReadOnlyList<PushPacket> packets, PushOutcome result)
    {
        var started = time.GetTimestamp();
        string[] ids = [.. packets.SelectMany(static packet => packet.TunnelIds).Distinct(StringComparer.Ordinal)];
        var holders = new Dictionary<string, HashSet<string>>(StringComparer.Ordinal);
        string? epoch;
        try
        {
            (var nodes, epoch) = await redis.FindAsync(ids);
            for (var i = 0; i < ids.Length; i++)
            {
                if (nodes[i] is not { } node)
                    AddMissing(ids[i], epoch, result);
                else if (holders.TryGetValue(node, out var held))
                    held.Add(ids[i]);
                else
                    holders[node] = new HashSet<string>([ids[i]], StringComparer.Ordinal);
            }
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException)
        {
            Array.ForEach(ids, result.AddUndelivered);
            return;
        }

        var calls = holders.Select(holder => PushToAsync(holder.Key, holder.Value, owner, callId, packets, PushTimeout - time.GetElapsedTime(started))).ToList();
        foreach (var (node, invalid) in await Task.WhenAll(calls))
            await AddAsync(node, holders[node], invalid, epoch, result);
    }

    public void Sweep()
    {
    }

    /// <summary>Says that this node lives; after Redis was emptied or restarted, enters its tunnels again.</summary>
    public async Task RenewAsync()
    {
        var lease = state.Current();
        await bus.ListenAsync(lease);
        var before = time.GetTimestamp();
        var renewal = await redis.RenewAsync(lease.NodeId, state.Epoch);
        if (!renewal.IsMember)
        {
            lease.Lose();
            return;
        }

        if (state.Epoch.Length > 0 && state.Epoch != renewal.Epoch)
            await EnterAsync(lease);
        state.Renewed(renewal, before);
    }

    /// <summary>Takes released tunnels out of Redis, until the token is cancelled; and then those that are left, once.</summary>
    public async Task ReleaseAllAsync(CancellationToken cancellationToken)
    {
        var batch = new List<string>(Batch);
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                if (batch.Count == 0)
                    await _released.Reader.WaitToReadAsync(cancellationToken);
                await FlushAsync(batch);
            }
            catch (Exception exception) when (exception is RedisException or TimeoutException)
            {
                await Task.Delay(RetryPause, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException)
            {
                break;
            }
        }

        await FlushAsync(batch);
    }

    private async Task FlushAsync(List<string> batch)
    {
        do
        {
            while (batch.Count < Batch && _released.Reader.TryRead(out var id))
                batch.Add(id);
            if (batch.Count > 0)
                await redis.ReleaseAsync(state.Lease.NodeId, batch);
            batch.Clear();
        }
        while (_released.Reader.TryPeek(out _));
    }

    private async Task<ClaimOutcome?> TryClaimAsync(string id, string ticket, NodeLease lease)
    {
        ClaimStatus status;
        byte[]? record;
        try
        {
            (status, record) = await redis.ClaimAsync(id, ticket, lease.NodeId);
        }
        catch
        {
            // It may have been done all the same; then nobody will connect, and the record must not stay.
            _released.Writer.TryWrite(id);
            throw;
        }

        if (status == ClaimStatus.NoLease)
        {
            lease.Lose();
            return null;
        }

        if (status == ClaimStatus.Wrong)
            return default(ClaimOutcome);
        if (RouteRecord.Read(keys, id, record, clients, receivers) is not { } route)
        {
            NodeLog.BadRecord(_logger);
            _released.Writer.TryWrite(id);
            return default(ClaimOutcome);
        }

        _claimed[id] = new Claimed(lease, record!);
        return new ClaimOutcome(new PendingTunnel(id, route.Owner, new LeasedSink(route.Sink, lease), lease), IsUnavailable: false);
    }

    // Null when it could not be done in time.
    private async ValueTask<T?> PatientlyAsync<T>(Func<NodeLease, Task<T?>> call, CancellationToken cancellationToken)
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

            if (time.GetElapsedTime(started) >= Patience)
                return null;
            await Task.Delay(RetryPause, time, cancellationToken);
        }
    }

    private async Task<(string Node, IReadOnlyList<string>? Invalid)> PushToAsync(
        string node, HashSet<string> held, TunnelOwner owner, string? callId, IReadOnlyList<PushPacket> packets, TimeSpan timeout)
    {
        // Its tunnels are looked for in memory; one that is not there any more has ended, or has not begun.
        var own = state.Lease.NodeId;
        if (node == own)
            return (node, [.. held]);
        List<PushPacket> theirs = [];
        foreach (var packet in packets)
        {
            var ids = packet.TunnelIds.Where(held.Contains).ToList();
            if (ids.Count > 0)
                theirs.Add(packet with { TunnelIds = ids });
        }

        // A call without an id gets one that no other has, so that a message which is replayed on the bus does nothing.
        var request = bus.NextRequest();
        var push = new BusPush(owner.Id, request, own, state.RedisNow + (long)timeout.TotalMilliseconds, callId ?? $"{own}/{request}", theirs);
        return (node, await bus.AskAsync(node, push, timeout));
    }

    private async ValueTask AddAsync(string node, HashSet<string> held, IReadOnlyList<string>? invalid, string? epoch, PushOutcome result)
    {
        if (invalid is not null)
        {
            foreach (var id in invalid)
            {
                if (held.Contains(id))
                    result.AddInvalid(id);
            }

            return;
        }

        // Once the others have taken a node over, its tunnels are gone for good, and should it wake up it takes no push any more.
        var isGone = false;
        try
        {
            isGone = !await redis.IsMemberAsync(node) && state.KnowsAll(epoch);
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException)
        {
            // Nobody knows.
        }

        foreach (var id in held)
        {
            if (isGone)
                result.AddInvalid(id);
            else
                result.AddUndelivered(id);
        }
    }

    private void AddMissing(string id, string? epoch, PushOutcome result)
    {
        if (state.KnowsAll(epoch))
            result.AddInvalid(id);
        else
            result.AddUndelivered(id);
    }

    private async Task EnterAsync(NodeLease lease)
    {
        var count = 0;
        foreach (var batch in _claimed.Where(claimed => claimed.Value.Lease == lease).Chunk(Batch))
        {
            await redis.EnterAsync(lease.NodeId, batch.Select(static claimed => KeyValuePair.Create(claimed.Key, claimed.Value.Record)));
            count += batch.Length;
        }

        // Those that ended while it was entered, and those that an older copy of Redis's data brought back.
        await foreach (var (id, _) in redis.TunnelsOfAsync(lease.NodeId))
        {
            if (!_claimed.ContainsKey(id))
                _released.Writer.TryWrite(id);
        }

        NodeLog.Entered(_logger, count);
    }

    private sealed record Claimed(NodeLease Lease, byte[] Record);
}
