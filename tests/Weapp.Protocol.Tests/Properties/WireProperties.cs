using System.Text;
using System.Text.Json;
using CsCheck;
using Weapp.Protocol.Answers;
using Weapp.Protocol.Envelopes;
using Weapp.Protocol.Packets;
using Weapp.Protocol.Requests;
using Weapp.Protocol.Signatures;

namespace Weapp.Protocol.Tests.Properties;

/// <summary>What holds for every text and every body, compared with the slow and plain way.</summary>
public sealed class WireProperties
{
    private const int Many = 5_000;

    private static readonly TunnelSignature Signature = new(Received.Key);

    private static readonly string[] Bodies =
    [
        .. Captures.PostVectors.Select(static v => v.Text("body")),
        .. Captures.Servers.Where(static e => e.Text("k") is "event" or "push" or "wsurl").Select(static e => e.Text("request")),
        .. Captures.Servers.Where(static e => e.Text("k") is "push" or "wsurl").Select(static e => e.Text("response")),
        """{"x":[1.5e-3,{"data":true,"b":null,"c":false}],"y":"\ud83d\ude00\u4f60","data":"{}","signature":"x"}""",
    ];

    [Fact]
    public void Every_content_arrives_as_it_was_sent() => Texts.Any.Sample(static content =>
    {
        var body = Received.Message(content);
        var (type, kind, expected) = Reference.Message(content);
        var received = Received.Post(body);

        using var json = JsonDocument.Parse(body);
        using var packet = JsonDocument.Parse(json.RootElement.Text("data"));
        Assert.Equal(content, packet.RootElement.Text("content"));
        Assert.Equal((type, kind, expected), (received.MessageType!, received.Kind, received.Content));
    }, iter: Many);

    [Fact]
    public void Every_tunnel_id_arrives_as_it_was_sent() => Texts.Any.Sample(static text =>
    {
        var id = "t" + string.Concat(text.EnumerateRunes().Where(static rune => !Rune.IsControl(rune)).Take(60));
        using var data = new PooledBuffer();
        EventPacket.Write(data, id, PacketType.Close, default);
        Assert.Equal(id, Received.Post(Received.Sign(data.WrittenSpan.ToArray())).TunnelId);

        using var push = new PooledBuffer();
        new PushPacket([id, "x"], PacketType.Close, default).Write(push);
        Assert.True(PushPacket.TryReadAll(push.WrittenSpan, out var packets, out _));
        Assert.Equal([id, "x"], packets[0].TunnelIds);
    }, iter: Many);

    [Fact]
    public void Every_escape_is_read_as_the_slow_reader_reads_it() => Texts.Escaped.Sample(static inside =>
    {
        foreach (var end in (string[])["", new string(' ', 40)])
        {
            var body = Encoding.UTF8.GetBytes($"{{\"signature\":\"x\",\"data\":\"{inside}\"{end}}}");
            Assert.Equal(Reference.Envelope(body), Read(body));
            var other = Encoding.UTF8.GetBytes($"{{\"signature\":\"x\",\"data\":\"{{}}\",\"x\":[\"{inside}\"],\"{inside}\":\"{inside}\"{end}}}");
            Assert.Equal(Reference.Envelope(other), Read(other));
        }
    }, iter: Many);

    [Fact]
    public void Nearly_good_bodies_are_read_as_the_slow_reader_reads_them() => Texts.Mutated(Bodies).Sample(static body =>
    {
        Assert.Equal(Reference.Envelope(body), Read(body));
        ReadEverything(body);
    }, iter: Many);

    [Fact]
    public void Nearly_good_messages_are_read_as_the_slow_reader_reads_them()
    {
        string[] messages =
        [
            """{"type":"speak","content":{"word":"hello \"you\" 你好"}}""", """{"type":"poke"}""", """ { "content" : [1,-2.5e3,true,null] , "type":"" } """,
            """{"type":"a\u0062","content":"\ud83d\ude00\n","x":{"type":[]}}""", """{"type":null,"content":1,"content2":2}""",
        ];
        Texts.Mutated(messages).Where(static bytes => System.Text.Unicode.Utf8.IsValid(bytes)).Sample(static bytes =>
        {
            var message = MessageText.Read(bytes);
            var content = message.Kind == ContentKind.None ? null : Encoding.UTF8.GetString(message.Content.Span);
            Assert.Equal(Reference.Message(Encoding.UTF8.GetString(bytes)), (Encoding.UTF8.GetString(message.Type.Span), message.Kind, content));
        }, iter: Many);
    }

    [Fact]
    public void No_bytes_make_any_reader_throw() => Gen.Byte.Array[0, 300].Sample(ReadEverything, iter: Many);

    [Fact]
    public void What_is_signed_verifies_and_nothing_else_does() => Gen.Select(Gen.Byte.Array[0, 3000], Gen.Int[0, 39], Gen.Byte).Sample(static (data, at, other) =>
    {
        var signature = new byte[TunnelSignature.Length];
        Signature.Sign(data, signature);
        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA1.HashData([.. data, .. Encoding.UTF8.GetBytes(Received.Key)])), Encoding.ASCII.GetString(signature));
        Assert.True(Signature.Verify(data, signature));
        Assert.False(new TunnelSignature("another key").Verify(data, signature));
        Assert.False(Signature.Verify([.. data, 0], signature));
        var isSame = signature[at] == other;
        signature[at] = other;
        Assert.Equal(isSame, Signature.Verify(data, signature));
    }, iter: Many);

    [Fact]
    public void A_body_with_one_byte_changed_is_refused_or_means_the_same()
    {
        var body = Encoding.UTF8.GetBytes(Captures.Servers.OfKind("event").ElementAt(1).Text("request"));
        var original = Received.Post(body);
        var refused = 0;
        for (var at = 0; at < body.Length; at++)
        {
            var right = body[at];
            for (var value = 0; value <= byte.MaxValue; value++)
            {
                body[at] = (byte)value;
                var received = Received.Post(body);
                if (received.Status == 200)
                    Assert.Equal(original, received);
                else
                    refused++;
            }

            body[at] = right;
        }

        Assert.InRange(refused, body.Length * 200, body.Length * 255);
    }

    private static (int Code, string? Data) Read(byte[] body) =>
        Envelope.TryRead(body, new byte[Envelope.ScratchLength(body.Length)], out var envelope, out var rejection)
            ? (0, Encoding.UTF8.GetString(envelope.Data))
            : (rejection.Code, null);

    /// <summary>Every reader that takes a peer's bytes; those behind the envelope get valid UTF-8 only.</summary>
    private static void ReadEverything(byte[] body)
    {
        Received.Post(body);
        if (TunnelAnswer.TryRead(body, Signature, out var answer))
        {
            answer.TryReadGrant(out _, out _);
            answer.TryReadPushResult(["a"], out _, out _);
        }

        var text = Envelope.TryRead(body, new byte[Envelope.ScratchLength(body.Length)], out var envelope, out _)
            ? envelope.Data.ToArray()
            : Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(body));
        EventPacket.TryRead(text, new byte[text.Length], out _, out _);
        PushPacket.TryReadAll(text, out _, out _);
        WsUrlRequest.TryRead(text, out _, out _);
        MessageText.Read(text);
    }
}
