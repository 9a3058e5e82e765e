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

    /// <summary>An event with a number, and with headers unless it is the old signature alone that counts.</summary>
    public static HttpContent Numbered(
        string tunnelId, PacketType type, long? seq, DateTimeOffset at, string content = "", TunnelSignatureMode mode = TunnelSignatureMode.Both)
    {
        var stamp = EventStamp.Create(tunnelId, type, seq, at);
        using var data = new PooledBuffer();
        EventPacket.Write(data, tunnelId, type, Encoding.UTF8.GetBytes(content), stamp);
        return WithHeaders(Encoding.UTF8.GetString(data.WrittenSpan), stamp.Id, at, mode);
    }

    /// <summary>An event with that data, signed in headers as well.</summary>
    public static HttpContent WithHeaders(string data, string id, DateTimeOffset at, TunnelSignatureMode mode = TunnelSignatureMode.Both)
    {
        var signature = new CallSignature(Key, alternateKey: null, mode);
        using var body = new PooledBuffer();
        EnvelopeWriter.Write(body, Encoding.UTF8.GetBytes(data), signature.Body);
        var content = Raw(body.WrittenSpan.ToArray());
        return signature.SignHeaders(id, at, body.WrittenSpan) is { } headers ? With(content, headers) : content;
    }

    /// <summary>Adds headers; those that are null are left out.</summary>
    public static HttpContent With(HttpContent content, WebhookHeaders headers)
    {
        foreach (var (name, value) in (ReadOnlySpan<(string, string?)>)
            [(WebhookHeaders.IdName, headers.Id), (WebhookHeaders.TimestampName, headers.Timestamp), (WebhookHeaders.SignatureName, headers.Signature)])
        {
            if (value is not null)
                content.Headers.TryAddWithoutValidation(name, value);
        }

        return content;
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
