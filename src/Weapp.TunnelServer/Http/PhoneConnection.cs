using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Weapp.TunnelServer.Tunnels;

namespace Weapp.TunnelServer.Http;

/// <summary>Stands below the WebSocket middleware, so that the WebSocket reads through a <see cref="PhoneStream"/>.</summary>
internal sealed class PhoneConnection(IHttpUpgradeFeature? upgrade, IHttpExtendedConnectFeature? connect, TunnelServerOptions options, TimeProvider time)
    : IHttpUpgradeFeature, IHttpExtendedConnectFeature
{
    public bool IsUpgradableRequest => upgrade?.IsUpgradableRequest == true;

    public bool IsExtendedConnect => connect?.IsExtendedConnect == true;

    public string? Protocol => connect?.Protocol;

    /// <summary>The connection, once the WebSocket has been accepted.</summary>
    public PhoneStream? Stream { get; private set; }

    /// <summary>Takes the connection's place in the request.</summary>
    public static void Insert(HttpContext context, TunnelServerOptions options, TimeProvider time)
    {
        var features = context.Features;
        var connection = new PhoneConnection(features.Get<IHttpUpgradeFeature>(), features.Get<IHttpExtendedConnectFeature>(), options, time);
        features.Set<PhoneConnection>(connection);
        features.Set<IHttpUpgradeFeature>(connection);
        features.Set<IHttpExtendedConnectFeature>(connection);

        // An app with UseWebSockets of its own has one already, on the bare connection.
        features.Set<IHttpWebSocketFeature>(null);
    }

    public async Task<Stream> UpgradeAsync() => Stream = new PhoneStream(await upgrade!.UpgradeAsync(), options, time);

    public async ValueTask<Stream> AcceptAsync() => Stream = new PhoneStream(await connect!.AcceptAsync(), options, time);
}
