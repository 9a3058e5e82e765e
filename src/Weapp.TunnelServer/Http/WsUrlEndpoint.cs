using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Weapp.Protocol;
using Weapp.TunnelServer.Delivery;
using Weapp.TunnelServer.Diagnostics;
using Weapp.TunnelServer.Nodes;
using Weapp.TunnelServer.ReceiveUrls;
using Weapp.TunnelServer.Tunnels;

namespace Weapp.TunnelServer.Http;

/// <summary><c>POST /get/wsurl</c>: grants a tunnel whose events go to the app's <c>receiveUrl</c>.</summary>
/// <remarks>Every official SDK wants <c>data</c> as signed text here, whether it sends <c>dataEncode</c> or not.</remarks>
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
        if (Read(call.Data.Span) is not { ProtocolType: null or "ws" or "wss" } request)
            return Rejection.BadPacket;
        if (!policy.TryAccept(request.ReceiveUrl, call.TcId, call.Owner.Host, out var receiveUrl))
            return Rejection.BadReceiveUrl;
        if (hub.IsStopping)
            return Rejection.Unavailable;

        var (ticket, rejection) = await nodes.GrantAsync(receivers.Route(call.Owner, receiveUrl), context.RequestAborted);
        if (ticket is null)
            return rejection;
        using var grant = new PooledBuffer();
        using (var writer = AnswerWriter.Writer(grant))
        {
            writer.WriteStartObject();
            writer.WriteString("tunnelId"u8, ticket.Id);
            writer.WriteString("connectUrl"u8, address.For(ticket, context.Request, request.ProtocolType));
            writer.WriteEndObject();
        }

        AnswerWriter.WriteSignedText(answer, grant.WrittenSpan, call.Owner.Signature!.Body);
        return null;
    }

    private static WsUrlRequest? Read(ReadOnlySpan<byte> data)
    {
        try
        {
            return JsonSerializer.Deserialize(data, WsUrlJson.Default.WsUrlRequest);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>The <c>data</c> of <c>/get/wsurl</c>; the C# SDK's <c>skey</c> is ignored.</summary>
internal sealed record WsUrlRequest(string? ReceiveUrl, string? ProtocolType);

[JsonSourceGenerationOptions(JsonSerializerDefaults.General, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(WsUrlRequest))]
internal sealed partial class WsUrlJson : JsonSerializerContext;
