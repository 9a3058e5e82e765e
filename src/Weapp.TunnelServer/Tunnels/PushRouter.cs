using Weapp.Protocol.Packets;
using Weapp.TunnelServer.Diagnostics;
using Weapp.TunnelServer.Nodes;

namespace Weapp.TunnelServer.Tunnels;

/// <summary>Takes a push to the tunnels of this node and of others.</summary>
internal sealed class PushRouter(TunnelHub hub, ITunnelNodes nodes, RecentCalls calls, TunnelServerMetrics metrics)
{
    /// <summary>Carries out the packets of a call in their order.</summary>
    /// <param name="owner">Who pushes.</param>
    /// <param name="callId">The call's id; a call that is repeated has the same.</param>
    /// <param name="packets">The packets.</param>
    /// <param name="outcome">Takes the ids that are invalid or out of reach, each kind in the order of the packets.</param>
    public async ValueTask PushAsync(TunnelOwner owner, string? callId, IReadOnlyList<PushPacket> packets, PushOutcome outcome)
    {
        await CarryOutAsync(owner, callId, packets, outcome);
        metrics.Pushed(outcome);
    }

    /// <summary>Carries out packets for tunnels of this node alone.</summary>
    public void PushHere(TunnelOwner owner, string? callId, IReadOnlyList<PushPacket> packets, PushOutcome outcome)
    {
        var call = calls.Add(owner, callId, packets);
        foreach (var packet in packets)
            hub.Push(owner, packet, call, outcome);
    }

    private async ValueTask CarryOutAsync(TunnelOwner owner, string? callId, IReadOnlyList<PushPacket> packets, PushOutcome outcome)
    {
        if (nodes is SingleNode)
        {
            PushHere(owner, callId, packets, outcome);
            return;
        }

        var (here, elsewhere) = Split(packets);
        var found = new PushOutcome();
        if (here.Count > 0)
            PushHere(owner, callId, here, found);
        if (elsewhere.Count > 0)
            await nodes.PushAsync(owner, callId, elsewhere, found);
        outcome.AddTaken(found.Taken);
        InOrder(packets, found, outcome);
    }

    private (List<PushPacket> Here, List<PushPacket> Elsewhere) Split(IReadOnlyList<PushPacket> packets)
    {
        var split = (Here: new List<PushPacket>(packets.Count), Elsewhere: new List<PushPacket>());
        foreach (var packet in packets)
        {
            var elsewhere = packet.TunnelIds.Where(id => !hub.Holds(id)).ToList();
            if (elsewhere.Count == 0)
            {
                split.Here.Add(packet);
                continue;
            }

            split.Elsewhere.Add(packet with { TunnelIds = elsewhere });
            if (elsewhere.Count < packet.TunnelIds.Count)
                split.Here.Add(packet with { TunnelIds = [.. packet.TunnelIds.Except(elsewhere, StringComparer.Ordinal)] });
        }

        return split;
    }

    private static void InOrder(IReadOnlyList<PushPacket> packets, PushOutcome found, PushOutcome outcome)
    {
        if (found.IsAllValid)
            return;
        var invalid = found.Invalid.ToHashSet(StringComparer.Ordinal);
        var undelivered = found.Undelivered.ToHashSet(StringComparer.Ordinal);
        foreach (var packet in packets)
        {
            foreach (var id in packet.TunnelIds)
            {
                if (invalid.Contains(id))
                    outcome.AddInvalid(id);
                else if (undelivered.Contains(id))
                    outcome.AddUndelivered(id);
            }
        }
    }
}
