using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Weapp.Protocol;
using Weapp.Protocol.Answers;
using Weapp.Protocol.Requests;
using Weapp.Protocol.Tunnels;
using Weapp.TunnelServer.Delivery;
using Weapp.TunnelServer.Diagnostics;
using Weapp.TunnelServer.Nodes;
using Weapp.TunnelServer.ReceiveUrls;
using Weapp.TunnelServer.Tunnels;

namespace Weapp.TunnelServer.Http;

/// <summary><c>POST /get/wsurl</c>: grants a tunnel whose events go to the app's <c>receiveUrl</c>.</summary>
internal sealed class WsUrlEndpoint(
    TunnelHub hub,
    ITunnelNodes nodes,
    ConnectAddress address,
    ReceivePolicy policy,
    HttpReceivers receivers,
    TunnelClients clients,
    IOptions<TunnelServerOptions> options,
    TunnelServerMetrics metrics,
    ILoggerFactory loggers)
    : AppCallEndpoint("/get/wsurl", clients, options, metrics, loggers)
{
    protected override async ValueTask<Rejection?> TakeAsync(HttpContext context, AppCall call, PooledBuffer answer)
    {
        if (!WsUrlRequest.TryRead(call.Data.Span, out var request, out var unreadable))
            return unreadable;
        if (!policy.TryAccept(request.ReceiveUrl, call.TcId, call.Owner.Host, out var receiveUrl))
            return Rejection.BadReceiveUrl;
        if (hub.IsStopping)
            return Rejection.Unavailable;

        var route = receivers.Route(call.Owner, receiveUrl);
        route.Sink.App.Called();
        var (ticket, rejection) = await nodes.GrantAsync(route, context.RequestAborted);
        if (ticket is null)
            return rejection;
        var grant = new TunnelGrant(ticket.Id, address.For(ticket, context.Request, request.ProtocolType));
        TunnelAnswerWriter.WriteGrant(answer, grant, call.Owner.Signature!.Body);
        return null;
    }
}
