using Weapp.SessionServer;
using Weapp.TunnelServer;

namespace Weapp.Server;

/// <summary>What this server will not do as it is configured, for those who expect it to.</summary>
internal static class Limitations
{
    public static IEnumerable<string> Of(TunnelServerOptions? tunnels, SessionServerOptions? sessions, IEnumerable<string> addresses)
    {
        if (tunnels is null)
            yield return "serve tunnels: TunnelServer:Enabled is off";
        if (sessions is null)
            yield return "keep sessions: there is no section SessionServer, or SessionServer:Enabled is off";
        else if (sessions.SignatureKey is null)
            yield return "look at who asks for sessions: SessionServer:SignatureKey is not set, so keep the session server inside";
        if (addresses.All(static address => address.StartsWith("http://", StringComparison.OrdinalIgnoreCase)))
            yield return "speak TLS: phones need wss, so a proxy must stand in front of it";
        if (tunnels is null)
            yield break;
        if (tunnels.Redis is null)
            yield return "share tunnels with other nodes: TunnelServer:Redis is not set, so phones and pushes must all come to this one";
        if (tunnels.ReceiveNetworks.Count == 0)
            yield return "send events into private networks: TunnelServer:ReceiveNetworks is empty";
        if (tunnels.AllowedOrigins.Count == 0 && tunnels.AppIds.Count == 0)
            yield return "look at where phones come from: TunnelServer:AllowedOrigins and TunnelServer:AppIds are empty";
        if (tunnels.SignatureMode != TunnelSignatureMode.HmacOnly)
            yield return $"insist on HMAC signatures: TunnelServer:SignatureMode is {tunnels.SignatureMode}, for the official SDKs";
    }
}
