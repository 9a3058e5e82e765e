using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Weapp.Protocol;
using Weapp.Protocol.Packets;
using Weapp.TunnelServer.Diagnostics;
using Weapp.TunnelServer.Tunnels;

namespace Weapp.TunnelServer.Http;

/// <summary><c>POST /ws/push</c>: messages and closes for phones. It takes all packets of a call or none.</summary>
internal sealed class PushEndpoint(PushRouter router, TunnelClients clients, IOptions<TunnelServerOptions> options, TunnelServerMetrics metrics, ILoggerFactory loggers)
    : AppCallEndpoint("/ws/push", clients, options, metrics, loggers)
{
    private const int MaxIds = 10_000;

    private readonly int _maxFrameBytes = options.Value.MaxFrameBytes;

    protected override async ValueTask<Rejection?> TakeAsync(HttpContext context, AppCall call, PooledBuffer answer)
    {
        if (!PushPacket.TryReadAll(call.Data.Span, out var packets, out var rejection))
            return rejection;
        var ids = 0;
        foreach (var packet in packets)
        {
            ids += packet.TunnelIds.Count;
            if (ids > MaxIds || packet.Content.Length > _maxFrameBytes)
                return Rejection.TooLarge;
        }

        var outcome = new PushOutcome();
        await router.PushAsync(call.Owner, call.Id, packets, outcome);
        Write(call.Owner, outcome, call.HasDataEncode, answer);
        return null;
    }

    private static void Write(TunnelOwner owner, PushOutcome outcome, bool asText, PooledBuffer answer)
    {
        using var result = new PooledBuffer();
        using (var writer = AnswerWriter.Writer(result))
        {
            writer.WriteStartObject();
            Write(writer, "invalidTunnelIds"u8, outcome.Invalid);
            if (outcome.Undelivered.Count > 0)
                Write(writer, "undeliveredTunnelIds"u8, outcome.Undelivered);
            writer.WriteEndObject();
        }

        if (asText)
            AnswerWriter.WriteSignedText(answer, result.WrittenSpan, owner.Signature!.Body);
        else
            AnswerWriter.WriteObject(answer, result.WrittenSpan);
    }

    private static void Write(Utf8JsonWriter writer, ReadOnlySpan<byte> name, IReadOnlyList<string> ids)
    {
        writer.WriteStartArray(name);
        foreach (var id in ids)
            writer.WriteStringValue(id);
        writer.WriteEndArray();
    }
}
