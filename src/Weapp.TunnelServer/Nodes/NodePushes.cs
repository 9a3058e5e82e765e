using StackExchange.Redis;
using Weapp.Protocol.Packets;
using Weapp.TunnelServer.Tunnels;

namespace Weapp.TunnelServer.Nodes;

/// <summary>Pushes to tunnels of other nodes. Every id is delivered, invalid or undelivered within two seconds, whatever has happened to Redis.</summary>
internal sealed class NodePushes(NodeState state, RedisTunnels redis, NodeBus bus, TimeProvider time)
{
    // The rest of the two seconds is for the question whether a node that does not answer is dead.
    private static readonly TimeSpan AskTimeout = TimeSpan.FromSeconds(1.7);
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(1.9);

    public async ValueTask PushAsync(TunnelOwner owner, string? callId, IReadOnlyList<PushPacket> packets, PushOutcome result)
    {
        var started = time.GetTimestamp();
        string[] ids = [.. packets.SelectMany(static packet => packet.TunnelIds).Distinct(StringComparer.Ordinal)];
        var holders = new Dictionary<string, HashSet<string>>(StringComparer.Ordinal);
        try
        {
            var (nodes, epoch) = await redis.FindAsync(ids).WaitAsync(Left(started, AskTimeout), time);
            var knowsAll = state.KnowsAll(epoch);
            for (var i = 0; i < ids.Length; i++)
            {
                if (nodes[i] is not { } node)
                    Add(ids[i], knowsAll, result);
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

        var answers = await Task.WhenAll(holders.Select(holder => PushToAsync(holder.Key, holder.Value, owner, callId, packets, Left(started, AskTimeout))));
        foreach (var (node, invalid) in answers)
        {
            if (invalid is null)
                continue;
            string[] gone = [.. invalid.Where(holders[node].Contains)];
            Array.ForEach(gone, result.AddInvalid);
            result.AddTaken(holders[node].Count - gone.Length);
        }

        string[] silent = [.. answers.Where(static answer => answer.Invalid is null).Select(static answer => answer.Node)];
        if (silent.Length == 0)
            return;
        var dead = await FindDeadAsync(silent, Left(started, Timeout));
        foreach (var node in silent)
        {
            foreach (var id in holders[node])
                Add(id, dead.Contains(node), result);
        }
    }

    private static void Add(string id, bool isGone, PushOutcome result)
    {
        if (isGone)
            result.AddInvalid(id);
        else
            result.AddUndelivered(id);
    }

    private TimeSpan Left(long started, TimeSpan timeout)
    {
        var left = timeout - time.GetElapsedTime(started);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    private async Task<(string Node, IReadOnlyList<string>? Invalid)> PushToAsync(
        string node, HashSet<string> held, TunnelOwner owner, string? callId, IReadOnlyList<PushPacket> packets, TimeSpan timeout)
    {
        // Its tunnels are looked for in memory; one that is not there any more has ended, or has not begun.
        var own = state.Lease.NodeId;
        if (node == own)
            return (node, [.. held]);
        if (state.EarliestNow is not { } now)
            return (node, null);
        List<PushPacket> theirs = [];
        foreach (var packet in packets)
        {
            var ids = packet.TunnelIds.Where(held.Contains).ToList();
            if (ids.Count > 0)
                theirs.Add(packet with { TunnelIds = ids });
        }

        // A call without an id gets one that no other has, so that a message which is replayed on the bus does nothing.
        var request = bus.NextRequest();
        var push = new BusPush(owner.Id, request, own, now + (long)timeout.TotalMilliseconds, callId ?? $"{own}/{request}", theirs);
        return (node, await bus.AskAsync(node, push, timeout));
    }

    // Once the others have taken a node over, its tunnels are gone for good, and should it wake up it takes no push any more.
    private async Task<IReadOnlyList<string>> FindDeadAsync(string[] nodes, TimeSpan timeout)
    {
        try
        {
            var (dead, epoch) = await redis.FindDeadAsync(nodes).WaitAsync(timeout, time);
            return state.KnowsAll(epoch) ? dead : [];
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException)
        {
            return [];
        }
    }
}
