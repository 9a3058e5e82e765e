using System.Net.Sockets;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.WebUtilities;
using Weapp.TunnelServer.Nodes;
using Weapp.TunnelServer.Tunnels;

namespace Weapp.TunnelServer.Http;

/// <summary><c>GET /ws/{tunnelId}?ticket=…</c>: turns a ticket into a tunnel.</summary>
internal sealed class SocketEndpoint(TunnelHub hub, ITunnelNodes nodes, PhoneOrigin origin, WrongTickets wrongTickets)
{
    // No keep-alive of the WebSocket's own, which would cost a timer per tunnel: the phone's pings are the heartbeat.
    private static readonly WebSocketAcceptContext Accept = new() { KeepAliveInterval = TimeSpan.Zero };

    public async Task InvokeAsync(HttpContext context)
    {
        if (!context.WebSockets.IsWebSocketRequest || HttpProtocol.IsHttp10(context.Request.Protocol))
        {
            Refuse(context, StatusCodes.Status400BadRequest, "no_websocket");
            return;
        }

        if (!origin.Allows(context.Request.Headers))
        {
            Refuse(context, StatusCodes.Status403Forbidden, "origin");
            return;
        }

        if (!hub.TryEnter())
        {
            Refuse(context, StatusCodes.Status503ServiceUnavailable, "stopping");
            return;
        }

        if (await EnterAsync(context) is not ({ } grant, { } accepted))
            return;
        using var socket = accepted;
        await new Tunnel(hub, grant, socket, context.Features.GetRequiredFeature<PhoneConnection>().Stream!, context.Features.GetRequiredFeature<IHttpRequestLifetimeFeature>()).RunAsync();
    }

    private void Refuse(HttpContext context, int status, string reason)
    {
        context.Response.StatusCode = status;
        hub.Metrics.ConnectRefused(reason);
    }

    private async Task<(PendingTunnel? Grant, WebSocket? Socket)> EnterAsync(HttpContext context)
    {
        WebSocket? socket = null;
        try
        {
            var grant = await ClaimAsync(context);
            if (grant is null)
                return default;
            BoundSendBuffer(context);
            socket = await AcceptAsync(context, grant);
            return (grant, socket);
        }
        finally
        {
            if (socket is null)
                hub.Left();
        }
    }

    // One answer for ids and tickets that are unknown, expired or used.
    private async Task<PendingTunnel?> ClaimAsync(HttpContext context)
    {
        var claim = context.GetRouteValue("tunnelId") is string id && TicketOf(context.Request) is { } ticket ? await nodes.ClaimAsync(id, ticket, context.RequestAborted) : default;
        if (claim.IsUnavailable)
            Refuse(context, StatusCodes.Status503ServiceUnavailable, "redis");
        else if (claim.Tunnel is null && wrongTickets.IsWithinLimit(context.Connection.RemoteIpAddress))
            Refuse(context, StatusCodes.Status404NotFound, "ticket");
        else if (claim.Tunnel is null)
            Refuse(context, StatusCodes.Status429TooManyRequests, "too_many_wrong_tickets");
        return claim.Tunnel;
    }

    // Request.Query would stay with the request, which lasts as long as the tunnel.
    private static string? TicketOf(HttpRequest request)
    {
        string? ticket = null;
        foreach (var parameter in new QueryStringEnumerable(request.QueryString.Value))
        {
            if (!parameter.DecodeName().Span.Equals("ticket", StringComparison.OrdinalIgnoreCase))
                continue;
            if (ticket is not null)
                return null;
            ticket = parameter.DecodeValue().ToString();
        }

        return ticket;
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
