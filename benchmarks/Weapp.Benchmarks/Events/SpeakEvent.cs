using System.Runtime.CompilerServices;
using System.Text;
using Weapp.Protocol;
using Weapp.Protocol.Envelopes;
using Weapp.Protocol.Packets;
using Weapp.Protocol.Signatures;

namespace Weapp.Benchmarks.Events;

/// <summary>The event that every figure of the tunnel path is measured with: one signed <c>speak</c> message, 328 bytes on the wire.</summary>
internal static class SpeakEvent
{
    public const string Key = "3f9c1be07a5d42e68b0d7c94a1e25f63";
    public const string TunnelId = "b2c4f0a9d7e14a3c8f5560e1b9a7d342";
    public const int Length = 328;

    private const string Message = """{"type":"speak","content":{"word":"大家好，今晚看球吗？","at":{"room":"bar","number":2}}}""";

    /// <summary>The body as a tunnel server posts it.</summary>
    public static byte[] Body()
    {
        using var packet = new PooledBuffer();
        EventPacket.Write(packet, TunnelId, PacketType.Message, Encoding.UTF8.GetBytes(Message));
        using var body = new PooledBuffer();
        EnvelopeWriter.Write(body, packet.WrittenSpan, new TunnelSignature(Key));
        return body.WrittenCount == Length
            ? body.WrittenSpan.ToArray()
            : throw new InvalidOperationException($"The event has {body.WrittenCount} bytes, and figures are only comparable with {Length}.");
    }

    /// <summary>What a method has to be given at least: new strings and records, as reading the event makes them.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static (string TunnelId, SpeakPayload Content) Objects() =>
        (new string(TunnelId), new SpeakPayload(new string("大家好，今晚看球吗？"), new Seat(new string("bar"), 2)));
}
