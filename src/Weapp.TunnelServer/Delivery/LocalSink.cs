using Weapp.Protocol.Tunnels;

namespace Weapp.TunnelServer.Delivery;

/// <summary>Delivers to the app in this process.</summary>
internal sealed class LocalSink(AppLink app, ITunnelReceiver receiver) : IEventSink
{
    public AppLink App => app;

    public async ValueTask<DeliveryOutcome> DeliverAsync(string tunnelId, TunnelEvent tunnelEvent, CancellationToken cancellationToken)
    {
        try
        {
            return await receiver.ReceiveAsync(tunnelId, tunnelEvent.Type, tunnelEvent.Content, cancellationToken) switch
            {
                EventReceipt.Accepted => DeliveryOutcome.Accepted,
                EventReceipt.TimedOut => DeliveryOutcome.Failed("handler timed out"),
                _ => DeliveryOutcome.Failed("handler failed"),
            };
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            return DeliveryOutcome.Refused($"receiver threw {exception.GetType().Name}");
        }
    }
}
