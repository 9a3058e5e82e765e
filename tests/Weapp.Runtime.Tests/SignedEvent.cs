using System.Net.Http.Headers;
using System.Text;
using Weapp.Protocol;
using Weapp.Protocol.Envelopes;
using Weapp.Protocol.Packets;
using Weapp.Protocol.Signatures;

namespace Weapp.Runtime.Tests;

/// <summary>Events as a tunnel server posts them.</summary>
internal static class SignedEvent
{
    public const string Key = "a-key-that-only-tests-know-0123456789";

    public static HttpContent Of(string tunnelId, PacketType type, string content = "", string key = Key)
    {
        using var data = new PooledBuffer();
        EventPacket.Write(data, tunnelId, type, Encoding.UTF8.GetBytes(content));
        return Sign(data.WrittenSpan, key);
    }

    public static HttpContent Data(string data, string key = Key) => Sign(Encoding.UTF8.GetBytes(data), key);

    public static HttpContent Raw(byte[] body, string mediaType = "application/json") =>
        new ByteArrayContent(body) { Headers = { ContentType = MediaTypeHeaderValue.Parse(mediaType) } };

    public static string Message(string type, string content) => $$"""{"type":"{{type}}","content":{{content}}}""";

    private static HttpContent Sign(ReadOnlySpan<byte> data, string key)
    {
        using var body = new PooledBuffer();
        EnvelopeWriter.Write(body, data, new TunnelSignature(key));
        return Raw(body.WrittenSpan.ToArray());
    }
}
