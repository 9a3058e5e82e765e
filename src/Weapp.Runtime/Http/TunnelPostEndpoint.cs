using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Net.Http.Headers;
using Weapp.Diagnostics;
using Weapp.Protocol;
using Weapp.Protocol.Envelopes;
using Weapp.Protocol.Packets;
using Weapp.Protocol.Signatures;
using Weapp.Protocol.Tunnels;

namespace Weapp.Http;

/// <summary>
/// Stage 1, <c>POST</c> on the tunnel path: an event of the tunnel server (protocol section 5). It alone knows the order of the stages:
/// body, envelope, signature, packet, dispatch, answer.
/// </summary>
internal sealed class TunnelPostEndpoint(
    ITunnelReceiver receiver,
    CallSignature? signature,
    bool checkSignature,
    bool checkSequence,
    int maxBytes,
    TimeProvider time,
    WeappMetrics metrics,
    ILogger logger)
{
    private readonly EventHistory _tunnels = new(time, checkSequence);

    // Events with an id and without a number: each id is like a tunnel with one event.
    private readonly EventHistory _calls = new(time, checksSequence: false);

    public async Task HandleAsync(HttpContext context)
    {
        Rejection? rejection;
        try
        {
            rejection = CheckHeaders(context.Request) ?? await HandleBodyAsync(context);
        }
        catch (BadHttpRequestException exception)
        {
            // Its sender's error, which the web server would take for the app's.
            rejection = Rejection.OfUnreadable(exception.StatusCode);
        }

        if (rejection is null)
        {
            await TunnelAnswers.WriteAcceptedAsync(context.Response);
            return;
        }

        HttpLog.Rejected(logger, rejection.Code, rejection.Message);
        if (rejection == Rejection.OutOfOrder)
            HttpLog.OutOfOrder(logger, context.Request.Path);
        metrics.Rejected(rejection);
        await TunnelAnswers.WriteAsync(context.Response, rejection);
    }

    private static Rejection? ToRejection(EventReceipt receipt) => receipt switch
    {
        EventReceipt.Failed => Rejection.HandlerFailed,
        EventReceipt.TimedOut => Rejection.HandlerTimedOut,
        _ => null,
    };

    private Rejection? CheckHeaders(HttpRequest request)
    {
        if (request.ContentLength > maxBytes)
            return Rejection.TooLarge;
        if (request.Headers.ContentEncoding is { Count: > 0 } encoding && !string.Equals(encoding, "identity", StringComparison.OrdinalIgnoreCase))
            return Rejection.UnsupportedMediaType;
        // What every tunnel server sends, without taking it apart.
        if (request.ContentType is null or "application/json" or "application/json; charset=utf-8" or "application/json;charset=utf-8")
            return null;
        return MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
            && (type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase) || type.MediaType.Equals("text/plain", StringComparison.OrdinalIgnoreCase))
            && (type.Charset.Length == 0 || type.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase) || type.Charset.Equals("\"utf-8\"", StringComparison.OrdinalIgnoreCase))
            ? null
            : Rejection.UnsupportedMediaType;
    }

    private async ValueTask<Rejection?> HandleBodyAsync(HttpContext context)
    {
        var reader = context.Request.BodyReader;
        var body = await ReadAsync(reader, context.Request.ContentLength, context.RequestAborted);
        if (body is not { } bytes)
            return Rejection.TooLarge;
        try
        {
            return await HandleEventAsync(bytes, WebhookHeaders.Read(context.Request.Headers, static (headers, name) => headers[name]), context.RequestAborted);
        }
        finally
        {
            reader.AdvanceTo(bytes.End);
        }
    }

    /// <summary>Stages 2 to 6: from the body's bytes to the end of the handler.</summary>
    internal async ValueTask<Rejection?> HandleEventAsync(ReadOnlySequence<byte> body, WebhookHeaders headers, CancellationToken cancellationToken)
    {
        // Two halves: the body, later the content that is unescaped out of the data; and the data that is unescaped out of the body.
        var length = (int)body.Length;
        var half = Envelope.ScratchLength(length);
        var buffer = ArrayPool<byte>.Shared.Rent(2 * half);
        try
        {
            body.CopyTo(buffer);
            var rejection = Read(buffer, length, half, headers, out var incoming);
            if (rejection is not null)
                return rejection;
            if (incoming.Type == PacketType.Unknown)
            {
                metrics.UnknownEvent();
                return null;
            }

            var content = buffer.AsMemory(0, incoming.ContentLength);
            return incoming is { Seq: null, Timestamp: null, CallId: null }
                ? ToRejection(await receiver.ReceiveAsync(incoming.TunnelId!, incoming.Type, content, cancellationToken))
                : await HandleOnceAsync(incoming, content, cancellationToken);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>The same for an event that can be told from others: it reaches the handler once, and in its turn.</summary>
    private async ValueTask<Rejection?> HandleOnceAsync(IncomingEvent incoming, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var isClose = incoming.Type == PacketType.Close;
        var history = isClose || incoming.Seq is not null ? _tunnels.Of(incoming.TunnelId!, incoming.Seq)
            : incoming.CallId is not null ? _calls.Of(incoming.CallId, seq: 1)
            : null;
        if (history is null)
            return ToRejection(await receiver.ReceiveAsync(incoming.TunnelId!, incoming.Type, content, cancellationToken));
        if (!history.TryBegin(isClose ? incoming.Seq : incoming.Seq ?? 1, isClose, out var handling, out var first))
            return Rejection.OutOfOrder;
        if (handling is null)
            return ToRejection(await first);
        var receipt = EventReceipt.Failed;
        try
        {
            receipt = await receiver.ReceiveAsync(incoming.TunnelId!, incoming.Type, content, cancellationToken);
        }
        finally
        {
            history.End(handling, receipt);
        }

        return ToRejection(receipt);
    }

    /// <summary>Stages 2 to 4; the content then starts at the buffer's first byte.</summary>
    private Rejection? Read(byte[] buffer, int length, int half, in WebhookHeaders headers, out IncomingEvent incoming)
    {
        incoming = default;
        var body = buffer.AsSpan(0, length);
        if (!Envelope.TryRead(body, buffer.AsSpan(half), out var envelope, out var rejection))
            return rejection;
        string? callId = null;
        // Without a key nobody can prove to be the tunnel server: events of an embedded one do not come this way.
        if (checkSignature)
            rejection = signature is null ? Rejection.BadSignature : signature.Check(headers, time, body, envelope, out callId);
        if (rejection is not null || !EventPacket.TryRead(envelope.Data, buffer.AsSpan(0, half), out var packet, out rejection))
            return rejection;
        if (packet.Timestamp is { } sentAt && packet.Type != PacketType.Unknown && !IsTimely(sentAt))
            return Rejection.BadStamp;
        incoming = new IncomingEvent(packet.Type, packet.TunnelId, packet.Content.Length, packet.Seq, packet.Timestamp, callId);
        return null;
    }

    private bool IsTimely(long sentAt) =>
        Math.Abs(time.GetUtcNow().ToUnixTimeMilliseconds() - sentAt) <= (long)WebhookSignature.Tolerance.TotalMilliseconds;

    private async ValueTask<ReadOnlySequence<byte>?> ReadAsync(PipeReader reader, long? announced, CancellationToken cancellationToken)
    {
        while (true)
        {
            var result = await reader.ReadAsync(cancellationToken);
            var bytes = result.Buffer;
            if (bytes.Length > maxBytes)
            {
                // A reader that is not given its bytes back is an error to the web server.
                reader.AdvanceTo(bytes.End);
                return null;
            }

            if (result.IsCompleted || bytes.Length == announced)
                return bytes;
            reader.AdvanceTo(bytes.Start, bytes.End);
        }
    }
}
