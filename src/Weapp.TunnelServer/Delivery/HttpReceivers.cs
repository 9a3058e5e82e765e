using Weapp.TunnelServer.Tunnels;

namespace Weapp.TunnelServer.Delivery;

/// <summary>Makes the receivers of apps that take their events over HTTP.</summary>
internal sealed class HttpReceivers(AppLinks apps, HttpEventSender sender, TimeProvider time)
{
    /// <param name="owner">The app.</param>
    /// <param name="receiveUrl">Where it takes events; it has been checked.</param>
    public TunnelRoute Route(TunnelOwner owner, Uri receiveUrl)
    {
        var app = apps.Of(owner, receiveUrl);
        // Nearly every app has one address, and thousands of tunnels that would otherwise each remember it. After a 410 a new tunnel begins anew.
        if (app.LastRoute is not { } route || route.Sink.IsGone || route.ReceiveUrl!.OriginalString != receiveUrl.OriginalString)
            app.LastRoute = route = new(owner, new HttpTunnelReceiver(app, sender, receiveUrl, owner.Signature!, time), receiveUrl);
        return route;
    }
}
