using System.Text;
using System.Text.Json;
using Weapp.Protocol.Answers;
using Weapp.Protocol.Envelopes;
using Weapp.Protocol.Frames;
using Weapp.Protocol.Packets;
using Weapp.Protocol.Requests;
using Weapp.Protocol.Signatures;
using Weapp.Protocol.Tunnels;

namespace Weapp.Protocol.Tests.Vectors;

/// <summary>Real traffic, read by both of our ends and written again to the bit.</summary>
public sealed class CapturedTrafficTests
{
    private static readonly TunnelSignature Signature = new(Received.Key);

    public static TheoryData<string> SignedRequests =>
        [.. Captures.Servers.Where(static e => e.Text("k") is "event" or "push" or "wsurl").Select(static e => e.Text("request"))];

    [Theory]
    [MemberData(nameof(SignedRequests))]
    public void Signatures_are_reproduced_bit_for_bit(string request)
    {
        using var json = JsonDocument.Parse(request);
        var data = Encoding.UTF8.GetBytes(json.RootElement.Text("data"));
        var signature = new byte[TunnelSignature.Length];

        Signature.Sign(data, signature);

        Assert.Equal(json.RootElement.Text("signature"), Encoding.UTF8.GetString(signature));
        Assert.True(Signature.Verify(data, signature));
    }

    [Fact]
    public void Events_are_written_as_they_were_captured()
    {
        var contents = Captures.Servers.OfKind("frame").Select(static e => e.Text("frame")).Where(static f => f.StartsWith("message:", StringComparison.Ordinal));
        var types = new Queue<PacketType>([PacketType.Connect, PacketType.Message, PacketType.Close]);
        foreach (var captured in Captures.Servers.OfKind("event"))
        {
            using var data = new PooledBuffer();
            var content = Encoding.UTF8.GetBytes(contents.Single()["message:".Length..]);
            EventPacket.Write(data, "t2aabbccddeeff", types.Dequeue(), content);

            Assert.Equal(captured.Text("request"), Encoding.UTF8.GetString(Received.Sign(data.WrittenSpan.ToArray())));
        }

        Assert.Empty(types);
    }

    [Fact]
    public void A_captured_message_reaches_the_app_as_the_phone_sent_it()
    {
        var received = Received.Post(Captures.Servers.OfKind("event").ElementAt(1).Text("request"));

        Assert.Equal("t2aabbccddeeff", received.TunnelId);
        Assert.Equal("speak", received.MessageType);
        Assert.Equal("{\"word\":\"大家好啊 \\\"quoted\\\" \\\\ back\\n😀\"}", received.Content);
    }

    [Fact]
    public void Pushes_are_read_and_written_as_they_were_captured()
    {
        foreach (var captured in Captures.Servers.OfKind("push"))
        {
            using var json = JsonDocument.Parse(captured.Text("request"));
            var request = Encoding.UTF8.GetBytes(captured.Text("request"));
            Assert.True(Envelope.TryRead(request, new byte[Envelope.ScratchLength(request.Length)], out var envelope, out _));
            Assert.Equal(TunnelSignature.TcId("127.0.0.1"), Encoding.UTF8.GetString(envelope.TcId));
            Assert.False(envelope.HasDataEncode);
            Assert.True(PushPacket.TryReadAll(envelope.Data, out var packets, out _));
            var packet = Assert.Single(packets);
            Assert.Equal(PacketType.Message, packet.Type);
            Assert.Equal(["t2aabbccddeeff"], packet.TunnelIds);

            using var data = new PooledBuffer();
            packet.Write(data);
            Assert.Equal(json.RootElement.Text("data"), Encoding.UTF8.GetString(data.WrittenSpan));
        }
    }

    [Fact]
    public void Push_contents_are_the_frames_that_the_client_received()
    {
        var frames = Captures.Client.OfKind("recv").Select(static e => e.Text("v")).Where(static f => f.StartsWith("message:", StringComparison.Ordinal));
        var written = new List<string>();
        foreach (var captured in Captures.Servers.OfKind("push"))
        {
            using var json = JsonDocument.Parse(captured.Text("request"));
            Assert.True(PushPacket.TryReadAll(Encoding.UTF8.GetBytes(json.RootElement.Text("data")), out var packets, out _));
            using var frame = new PooledBuffer();
            TunnelFrame.WriteMessage(frame, packets[0].Content.Span);
            written.Add(Encoding.UTF8.GetString(frame.WrittenSpan));
        }

        Assert.Equal(frames, written);
    }

    [Fact]
    public void A_request_for_a_tunnel_makes_the_captured_round_trip()
    {
        var captured = Captures.Servers.OfKind("wsurl").Single();
        using var json = JsonDocument.Parse(captured.Text("request"));
        var data = Encoding.UTF8.GetBytes(json.RootElement.Text("data"));

        Assert.True(WsUrlRequest.TryRead(data, out var request, out _));
        Assert.Equal(new WsUrlRequest("http://127.0.0.1/tunnel", "wss"), request);
        using var written = new PooledBuffer();
        request.Write(written);
        Assert.Equal(data, written.WrittenSpan.ToArray());

        var response = captured.Text("response");
        Assert.True(TunnelAnswer.TryRead(Encoding.UTF8.GetBytes(response), Signature, out var answer));
        Assert.Equal((0, "OK", AnswerSignature.Right), (answer.Code, answer.Message, answer.Signature));
        Assert.True(answer.TryReadGrant(out var grant, out _));
        Assert.Equal(new TunnelGrant("t2aabbccddeeff", "ws://127.0.0.1:9993/ws/t2aabbccddeeff"), grant);
        using var rewritten = new PooledBuffer();
        TunnelAnswerWriter.WriteGrant(rewritten, grant, Signature);
        Assert.Equal(response, Encoding.UTF8.GetString(rewritten.WrittenSpan));
    }

    [Fact]
    public void A_push_answer_is_read_and_written_as_it_was_captured()
    {
        var response = Captures.Servers.OfKind("push").First().Text("response");

        Assert.True(TunnelAnswer.TryRead(Encoding.UTF8.GetBytes(response), Signature, out var answer));
        Assert.Equal(AnswerSignature.Absent, answer.Signature);
        Assert.True(answer.TryReadPushResult(["t2aabbccddeeff"], out var result, out _));
        Assert.Same(PushResult.AllValid, result);
        using var written = new PooledBuffer();
        TunnelAnswerWriter.WritePushResult(written, result, signature: null);
        Assert.Equal(response, Encoding.UTF8.GetString(written.WrittenSpan));
    }

    [Fact]
    public void Both_tc_members_are_written_as_an_old_tunnel_server_expects_them()
    {
        using var output = new PooledBuffer();
        EnvelopeWriter.Write(output, "{}"u8, Signature, "app"u8, "key\""u8);

        using var json = JsonDocument.Parse(output.WrittenMemory);
        Assert.Equal("app", json.RootElement.Text("tcId"));
        Assert.Equal("key\"", json.RootElement.Text("tcKey"));
        Assert.Equal("json", json.RootElement.Text("dataEncode"));
    }

    [Fact]
    public void Captured_frames_are_what_they_look_like()
    {
        var types = Captures.Client.Where(static e => e.Text("k") is "send" or "recv")
            .Select(static e => TunnelFrame.Read(Encoding.UTF8.GetBytes(e.Text("v")), out _));

        Assert.Equal(
            [FrameType.Timeout, FrameType.Ping, FrameType.Pong, FrameType.Message, FrameType.Message, FrameType.Message, FrameType.Ping, FrameType.Pong, FrameType.Close],
            types);
    }

    [Theory]
    [InlineData("""{"receiveUrl":"https://199447.qcloud.la/tunnel","protocolType":"wss"}""", "51ed283927119d94ad62602da70975f41727ca27")]
    [InlineData(
        """{"tunnelId":"tunnel1","type":"message","content":"{\"type\":\"speak\",\"content\":{\"word\":\"你好\"}}"}""",
        "e724f2e59fc417dcd0f6725935f760587aecaeb5")]
    public void Published_signatures_are_right(string data, string expected)
    {
        var signature = new byte[TunnelSignature.Length];
        new TunnelSignature("my$ecretkey").Sign(Encoding.UTF8.GetBytes(data), signature);

        Assert.Equal(expected, Encoding.UTF8.GetString(signature));
    }

    [Fact]
    public void The_published_tc_id_is_right() => Assert.Equal("e8e4f2175b597ad5f8bf7901ed568ae4", TunnelSignature.TcId("199447.qcloud.la"));
}
