using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Weapp.Protocol;
using Weapp.Protocol.Packets;
using Weapp.TunnelServer.Tunnels;

namespace Weapp.TunnelServer.Http;

/// <summary><c>POST /ws/push</c>: messages and closes for phones. It takes all packets of a call or none.</summary>
internal sealed class PushEndpoint(TunnelHub hub, TunnelClients clients, IOptions<TunnelServerOptions> options, ILoggerFactory loggers)
    : AppCallEndpoint(clients, options, loggers)
{
    private const int MaxIds = 10_000;

    protected override ValueTask<Rejection?> TakeAsync(HttpContext context, AppCall call, PooledBuffer answer) =>
        ValueTask.FromResult(Take(call, answer));

    private Rejection? Take(in AppCall call, PooledBuffer answer)
    {
        if (!PushPacket.TryReadAll(call.Data.Span, out var packets, out var rejection))
            return rejection;
        var ids = 0;
        foreach (var packet in packets)
        {
            ids += packet.TunnelIds.Count;
            if (ids > MaxIds || packet.Content.Length > hub.Options.MaxFrameBytes)
                return Rejection.TooLarge;
        }

        var invalid = new InvalidIds();
        foreach (var packet in packets)
            hub.Push(call.Owner, packet, invalid);
        Write(call.Owner, invalid.Ids, call.HasDataEncode, answer);
        return null;
    }

    private static void Write(TunnelOwner owner, IReadOnlyList<string> invalidIds, bool asText, PooledBuffer answer)
    {
        using var result = new PooledBuffer();
        using (var writer = AnswerWriter.Writer(result))
        {
            writer.WriteStartObject();
            writer.WriteStartArray("invalidTunnelIds"u8);
            foreach (var id in invalidIds)
                writer.WriteStringValue(id);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        if (asText)
            AnswerWriter.WriteSignedText(answer, result.WrittenSpan, owner.Signature!.Body);
        else
            AnswerWriter.WriteObject(answer, result.WrittenSpan);
    }
}
