using Weapp.Protocol;
using Weapp.Protocol.Envelopes;
using Weapp.Protocol.Packets;
using Weapp.Protocol.Signatures;

namespace Weapp.TunnelServer.Delivery;

/// <summary>Delivers to an app over HTTP, as signed events (protocol section 5).</summary>
internal sealed class HttpTunnelReceiver(HttpEventSender sender, Uri receiveUrl, TunnelSignature signature) : IEventSink
{
    public ValueTask<DeliveryOutcome> DeliverAsync(
        string tunnelId, PacketType type, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        using var packet = new PooledBuffer();
        EventPacket.Write(packet, tunnelId, type, content.Span);
        using var body = new PooledBuffer(packet.WrittenCount + packet.WrittenCount / 4);
        EnvelopeWriter.Write(body, packet.WrittenSpan, signature);

        // A copy, and not the pool's memory: a call that was given up may go on reading it.
        return sender.SendAsync(receiveUrl, body.WrittenSpan.ToArray(), cancellationToken);
    }
}
