using Weapp.Protocol;
using Weapp.Protocol.Packets;
using Weapp.TunnelServer.Tunnels;

namespace Weapp.TunnelServer.Nodes;

/// <summary>The only node: whatever it does not hold there is not.</summary>
internal sealed class SingleNode(PendingTunnels pending) : ITunnelNodes
{
    public ValueTask<GrantOutcome> GrantAsync(TunnelRoute route, CancellationToken cancellationToken)
    {
        var ticket = pending.Add(route);
        return ValueTask.FromResult(new GrantOutcome(ticket, ticket is null ? Rejection.TooMany : null));
    }

    public ValueTask<ClaimOutcome> ClaimAsync(string id, string ticket, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new ClaimOutcome(pending.Claim(id, ticket), IsUnavailable: false));

    public void Release(PendingTunnel tunnel)
    {
    }

    public ValueTask PushAsync(TunnelOwner owner, string? callId, IReadOnlyList<PushPacket> packets, PushOutcome result)
    {
        foreach (var packet in packets)
        {
            foreach (var id in packet.TunnelIds)
                result.AddInvalid(id);
        }

        return ValueTask.CompletedTask;
    }

    public void Sweep() => pending.RemoveExpired();
}
