using Weapp.Protocol;
using Weapp.Protocol.Envelopes;
using Weapp.Protocol.Packets;
using Weapp.Protocol.Signatures;

namespace Weapp.TunnelServer.Delivery;

/// <summary>Delivers to an app over HTTP, as signed events (protocol section 5).</summary>
internal sealed class HttpTunnelReceiver(AppLink app, HttpEventSender sender, Uri receiveUrl, CallSignature signature, TimeProvider time) : IEventSink
{
    public AppLink App => app;

    /// <summary>Whether the app has answered 410.</summary>
    public bool IsGone { get; private set; }

    public async ValueTask<DeliveryOutcome> DeliverAsync(string tunnelId, TunnelEvent tunnelEvent, CancellationToken cancellationToken)
    {
        var outcome = await SendAsync(tunnelId, tunnelEvent, cancellationToken);
        IsGone |= outcome.IsGone;
        return outcome;
    }

    // Not async, so that the pool has its memory back before the app answers.
    private ValueTask<DeliveryOutcome> SendAsync(string tunnelId, TunnelEvent tunnelEvent, CancellationToken cancellationToken)
    {
        // The time of this attempt: a retry is not stale.
        var now = time.GetUtcNow();
        var stamp = EventStamp.Create(tunnelId, tunnelEvent.Type, tunnelEvent.Seq, now);
        using var packet = new PooledBuffer();
        EventPacket.Write(packet, tunnelId, tunnelEvent.Type, tunnelEvent.Content.Span, stamp);
        using var body = new PooledBuffer(packet.WrittenCount + packet.WrittenCount / 4);
        EnvelopeWriter.Write(body, packet.WrittenSpan, signature.Body);

        // A copy, and not the pool's memory: a call that was given up may go on reading it.
        return sender.SendAsync(receiveUrl, body.WrittenSpan.ToArray(), signature.SignHeaders(stamp.Id, now, body.WrittenSpan), app.HasFailed, cancellationToken);
    }
}
