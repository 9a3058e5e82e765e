using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Weapp.TunnelServer.Tunnels;

namespace Weapp.TunnelServer.Http;

/// <summary><c>GET /ws/{tunnelId}?ticket=…</c>: turns a ticket into a tunnel.</summary>
internal sealed class SocketEndpoint(TunnelHub hub, PhoneOrigin origin, WrongTickets wrongTickets)
{
    // No keep-alive of the WebSocket's own, which would cost a timer per tunnel: the phone's pings are the heartbeat.
    private static readonly WebSocketAcceptContext Accept = new() { KeepAliveInterval = TimeSpan.Zero };

    public async Task InvokeAsync(HttpContext context)
    {
        if (!context.WebSockets.IsWebSocketRequest || HttpProtocol.IsHttp10(context.Request.Protocol))
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }

        if (!origin.Allows(context.Request.Headers))
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return;
        }

        if (hub.IsStopping)
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return;
        }

        // One answer for ids and tickets that are unknown, expired or used.
        var ticket = context.Request.Query["ticket"];
        if (context.GetRouteValue("tunnelId") is not string id || ticket.Count != 1 || hub.Claim(id, ticket[0]!) is not { } grant)
        {
            context.Response.StatusCode = wrongTickets.IsWithinLimit(context.Connection.RemoteIpAddress)
                ? StatusCodes.Status404NotFound
                : StatusCodes.Status429TooManyRequests;
            return;
        }

        BoundSendBuffer(context);
        using var socket = await context.WebSockets.AcceptWebSocketAsync(Accept);
        await new Tunnel(hub, grant, socket, context.Features.GetRequiredFeature<PhoneConnection>().Stream!, context.Abort).RunAsync();
    }

    /// <summary>The endpoint with the WebSocket middleware before it, so that the app's own pipeline needs none.</summary>
    public RequestDelegate Build(IApplicationBuilder pipeline)
    {
        pipeline.Use((context, next) =>
        {
            PhoneConnection.Insert(context, hub.Options, hub.Time);
            return next(context);
        });
        pipeline.UseWebSockets();
        pipeline.Run(InvokeAsync);
        return pipeline.Build();
    }

    // The system would hold up to 4 MB for a phone that does not read. Other connections of the app keep what they have, and so does one of HTTP/2 with
    // its other requests.
    private void BoundSendBuffer(HttpContext context)
    {
        if (hub.Options.SocketSendBufferBytes is var bytes and > 0
            && HttpProtocol.IsHttp11(context.Request.Protocol)
            && context.Features.Get<IConnectionSocketFeature>() is { } connection)
        {
            try
            {
                connection.Socket.SendBufferSize = bytes;
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                // The phone has gone already; the first read says so.
            }
        }
    }
}
