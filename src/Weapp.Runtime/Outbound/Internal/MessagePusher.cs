using System.Text.Encodings.Web;
using System.Text.Json;
using Weapp.Contents;
using Weapp.Diagnostics;
using Weapp.Protocol;
using Weapp.Protocol.Packets;
using Weapp.Rooms;

namespace Weapp.Outbound;

/// <summary>Stage 7: a message's content is written once, as UTF-8, and handed to the tunnel server.</summary>
internal sealed class MessagePusher(TunnelServerSource server, ContentSerialization serialization, TunnelDirectory directory, WeappMetrics metrics)
{
    private static readonly JsonWriterOptions WriterOptions = new()
    {
        // Contents go to a WebSocket, not into a page: Chinese text stays three bytes a character.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    [ThreadStatic]
    private static Utf8JsonWriter? _writer;

    public JsonSerializerOptions ContentOptions => serialization.Options;

    public async ValueTask<EmitResult> SendAsync<T>(
        IReadOnlyCollection<string> tunnelIds, OutboundMessage<T> message, T content, CancellationToken cancellationToken)
    {
        if (tunnelIds.Count == 0)
            return default;
        using var buffer = new PooledBuffer();
        Write(buffer, message, content);
        return await PushAsync(new PushPacket(tunnelIds, PacketType.Message, buffer.WrittenMemory), cancellationToken);
    }

    public async ValueTask<EmitResult> SendAsync(IReadOnlyCollection<string> tunnelIds, OutboundMessage message, CancellationToken cancellationToken)
    {
        if (tunnelIds.Count == 0)
            return default;
        using var buffer = new PooledBuffer();
        var writer = Start(buffer, message);
        End(writer);
        return await PushAsync(new PushPacket(tunnelIds, PacketType.Message, buffer.WrittenMemory), cancellationToken);
    }

    public ValueTask<EmitResult> CloseAsync(string tunnelId, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(tunnelId);
        return PushAsync(new PushPacket([tunnelId], PacketType.Close, default), cancellationToken);
    }

    /// <summary>The text of a message: <c>{"type":…,"content":…}</c>.</summary>
    internal static void Write<T>(PooledBuffer output, OutboundMessage<T> message, T content)
    {
        var writer = Start(output, message);
        writer.WritePropertyName("content"u8);
        message.WriteContent(writer, content);
        End(writer);
        if (LoneSurrogates.WereIn(output.WrittenSpan))
        {
            throw new ArgumentException(
                $"The content of the message '{message.Type}' has half a character (a lone surrogate): was a text cut in the middle of an emoji?", nameof(content));
        }
    }

    private static Utf8JsonWriter Start(PooledBuffer output, OutboundMessage message)
    {
        // A content's converter may send a message of its own, so the writer is taken, not shared.
        var writer = _writer ?? new Utf8JsonWriter(output, WriterOptions);
        _writer = null;
        writer.Reset(output);
        writer.WriteStartObject();
        writer.WriteString("type"u8, message.EncodedType);
        return writer;
    }

    private static void End(Utf8JsonWriter writer)
    {
        writer.WriteEndObject();
        writer.Flush();
        _writer = writer;
    }

    private async ValueTask<EmitResult> PushAsync(PushPacket packet, CancellationToken cancellationToken)
    {
        try
        {
            var result = await server.Value.PushAsync(packet, cancellationToken);
            metrics.Pushed("ok");
            if (result.InvalidTunnelIds.Count > 0)
                directory.MarkGone(result.InvalidTunnelIds);
            return new EmitResult(result.InvalidTunnelIds, result.UndeliveredTunnelIds);
        }
        catch (TunnelException exception)
        {
            metrics.Pushed(exception.Kind.ToString());
            throw;
        }
    }
}
