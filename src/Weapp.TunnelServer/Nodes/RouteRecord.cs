using Weapp.TunnelServer.Delivery;
using Weapp.TunnelServer.Http;
using Weapp.TunnelServer.Tunnels;

namespace Weapp.TunnelServer.Nodes;

/// <summary>A tunnel's route as it stands in Redis.</summary>
internal static class RouteRecord
{
    public static byte[] Write(DeploymentKeys keys, string tunnelId, TunnelRoute route) =>
        Sealed.Seal(keys, route.Owner.Id, tunnelId, writer => writer.Write(route.ReceiveUrl!.OriginalString));

    /// <summary>Null for a record that is not ours, or of an app that this node does not know.</summary>
    public static TunnelRoute? Read(DeploymentKeys keys, string tunnelId, byte[]? bytes, TunnelClients clients, HttpReceivers receivers) =>
        Sealed.Open(keys, bytes, tunnelId, (ownerId, reader) => clients.Find(ownerId) is { } owner ? receivers.Route(owner, new Uri(reader.ReadString())) : null);
}
