using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Weapp.TunnelServer.Http;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps the tunnel server's endpoints.</summary>
public static class TunnelServerEndpointRouteBuilderExtensions
{
    // HTTP/2 opens a WebSocket with CONNECT.
    private static readonly string[] SocketMethods = ["GET", "CONNECT"];

    /// <summary>
    /// Maps <c>POST /get/wsurl</c> and <c>POST /ws/push</c> for apps, and the WebSocket <c>GET /ws/{tunnelId}?ticket=…</c> for phones.
    /// <c>UseWebSockets</c> is not needed. Apps over HTTP need a key (<c>TunnelServer:Clients</c> or <c>TunnelServer:SignatureKey</c>);
    /// without one every call of theirs is refused with 9003.
    /// </summary>
    /// <param name="endpoints">The app's endpoints.</param>
    /// <param name="prefix">What the three paths begin with, for example <c>/realtime</c>. Inside a <c>MapGroup</c>, add the group's path to <c>TunnelServer:PublicUrl</c>.</param>
    /// <returns>A builder for all three endpoints.</returns>
    /// <exception cref="InvalidOperationException"><c>AddTunnelServer</c> was not called.</exception>
    public static IEndpointConventionBuilder MapTunnelServer(this IEndpointRouteBuilder endpoints, string prefix = "")
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(prefix);
        var services = endpoints.ServiceProvider;
        var address = services.GetService<ConnectAddress>()
            ?? throw new InvalidOperationException("The tunnel server's services are missing: call services.AddTunnelServer().");
        address.Mapped(prefix);

        var group = endpoints.MapGroup(prefix);
        group.MapPost("/get/wsurl", services.GetRequiredService<WsUrlEndpoint>().InvokeAsync).WithDisplayName("Weapp tunnel server: get/wsurl");
        group.MapPost("/ws/push", services.GetRequiredService<PushEndpoint>().InvokeAsync).WithDisplayName("Weapp tunnel server: ws/push");
        var socket = services.GetRequiredService<SocketEndpoint>().Build(endpoints.CreateApplicationBuilder());
        group.MapMethods("/ws/{tunnelId}", SocketMethods, socket).WithDisplayName("Weapp tunnel server: socket");
        return group;
    }
}
