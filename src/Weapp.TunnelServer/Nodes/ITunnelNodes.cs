using Weapp.Protocol;
using Weapp.Protocol.Packets;
using Weapp.TunnelServer.Tunnels;

namespace Weapp.TunnelServer.Nodes;

/// <summary>What the nodes of one tunnel server share: tickets, who holds which tunnel, and pushes for tunnels of another node.</summary>
internal interface ITunnelNodes
{
    /// <summary>Grants a tunnel.</summary>
    ValueTask<GrantOutcome> GrantAsync(TunnelRoute route, CancellationToken cancellationToken);

    /// <summary>Spends a ticket: of any number of simultaneous callers at all nodes one gets the tunnel. A wrong ticket spends nothing.</summary>
    ValueTask<ClaimOutcome> ClaimAsync(string id, string ticket, CancellationToken cancellationToken);

    /// <summary>The tunnel's close event is done with: nobody has to send it any more.</summary>
    void Release(PendingTunnel tunnel);

    /// <summary>Pushes to tunnels that this node does not hold.</summary>
    /// <param name="owner">Who pushes.</param>
    /// <param name="callId">The call's id; a call that is repeated has the same.</param>
    /// <param name="packets">The packets in their order.</param>
    /// <param name="result">Takes the ids that are invalid or out of reach.</param>
    ValueTask PushAsync(TunnelOwner owner, string? callId, IReadOnlyList<PushPacket> packets, PushOutcome result);

    /// <summary>Forgets what has expired.</summary>
    void Sweep();
}

/// <summary>A tunnel that was granted, or why none was.</summary>
internal readonly record struct GrantOutcome(TunnelTicket? Ticket, Rejection? Rejection);

/// <summary>A tunnel whose ticket was right; without one, whether it may be right later.</summary>
internal readonly record struct ClaimOutcome(PendingTunnel? Tunnel, bool IsUnavailable);
