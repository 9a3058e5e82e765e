using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Weapp.TunnelServer.Nodes;
using Weapp.TunnelServer.Tunnels;

namespace Weapp.TunnelServer.Http;

/// <summary><c>GET /ws/{tunnelId}?ticket=…</c>: turns a ticket into a tunnel.</summary>
internal sealed class SocketEndpoint(TunnelHub hub, ITunnelNodes nodes)
{
    // No keep-alive of the WebSocket's own, which would cost a timer per tunnel: the phone's pings are the heartbeat.
    private static readonly WebSocketAcceptContext Accept = new() { KeepAliveInterval = TimeSpan.Zero };

    public async Task InvokeAsync(HttpContext context)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }

        if (hub.IsStopping)
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return;
        }

        // One answer for ids and tickets that are unknown, expired or used.
        var ticket = context.Request.Query["ticket"];
        var claim = context.GetRouteValue("tunnelId") is string id && ticket.Count == 1 ? await nodes.ClaimAsync(id, ticket[0]!, context.RequestAborted) : default;
        if (claim.Tunnel is not { } grant)
        {
            context.Response.StatusCode = claim.IsUnavailable ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status404NotFound;
            return;
        }

        using var socket = await AcceptAsync(context, grant);
        await new Tunnel(hub, grant, socket, context.Abort).RunAsync();
    }

    private async Task<WebSocket> AcceptAsync(HttpContext context, PendingTunnel grant)
    {
        try
        {
            return await context.WebSockets.AcceptWebSocketAsync(Accept);
        }
        catch
        {
            nodes.Release(grant);
            throw;
        }
    }

    /// <summary>The endpoint with the WebSocket middleware before it, so that the app's own pipeline needs none.</summary>
    public RequestDelegate Build(IApplicationBuilder pipeline)
    {
        pipeline.UseWebSockets();
        pipeline.Run(InvokeAsync);
        return pipeline.Build();
    }
}
