using Weapp.TunnelServer.Delivery;

namespace Weapp.TunnelServer.Nodes;

/// <summary>Delivers while the node holds its lease. Afterwards another node speaks for the tunnel.</summary>
internal sealed class LeasedSink(IEventSink sink, NodeLease lease) : IEventSink
{
    public AppLink App => sink.App;

    public bool IsGone => sink.IsGone;

    public ValueTask<DeliveryOutcome> DeliverAsync(string tunnelId, TunnelEvent tunnelEvent, CancellationToken cancellationToken) =>
        lease.IsHeld ? sink.DeliverAsync(tunnelId, tunnelEvent, cancellationToken) : ValueTask.FromResult(DeliveryOutcome.GivenUp("node lost its lease"));
}
