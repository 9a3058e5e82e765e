using Weapp.TunnelServer.Tunnels;

namespace Weapp.TunnelServer.Delivery;

/// <summary>Makes the receivers of apps that take their events over HTTP.</summary>
internal sealed class HttpReceivers(AppLinks apps, HttpEventSender sender, TimeProvider time)
{
    /// <param name="owner">The app.</param>
    /// <param name="receiveUrl">Where it takes events; it has been checked.</param>
    public TunnelRoute Route(TunnelOwner owner, Uri receiveUrl) =>
        new(owner, new HttpTunnelReceiver(apps.Of(owner, receiveUrl), sender, receiveUrl, owner.Signature!, time), receiveUrl);
}
