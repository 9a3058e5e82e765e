using System.Text;
using Weapp.Protocol.Packets;
using Weapp.Protocol.Requests;

namespace Weapp.Protocol.Tests.Hostile;

/// <summary>What a tunnel server refuses from apps.</summary>
public sealed class PushTests
{
    private const string Content = "\"content\":\"{}\"";

    public static TheoryData<string> Refused =>
    [
        "", "{}", "[[]]", "[null]", "[1]", "null", "\"\"", "[", "[]]", "[] x",
        $"[{{\"type\":\"message\",{Content}}}]",
        .. from ids in new[] { "null", "\"t\"", "[null]", "[1]", "[[]]", "{}", "[\"\\ud800\"]", "[\"t\",]" } select $"[{{\"tunnelIds\":{ids},\"type\":\"message\",{Content}}}]",
        .. from type in new[] { "\"unknown\"", "\"connect\"", "1", "null", "{}", "\"\"" } select $"[{{\"tunnelIds\":[],\"type\":{type},{Content}}}]",
        $"[{{\"tunnelIds\":[],{Content}}}]",
        .. from content in new[] { "null", "1", "{}", "\"\"", "\"text\"", "\"[]\"", "\"null\"", "\"{\"", "\"{}x\"", "\"{\\\"a\\\":\\\"\\\\ud800\\\"}\"", "\"\\ud800\"" }
           select $"[{{\"tunnelIds\":[],\"type\":\"message\",\"content\":{content}}}]",
        "[{\"tunnelIds\":[],\"type\":\"message\"}]",
        $"[{{\"tunnelIds\":[],\"tunnelIds\":[],\"type\":\"message\",{Content}}}]",
        $"[{{\"tunnelIds\":[],\"type\":\"close\",\"type\":\"message\",{Content}}}]",
        $"[{{\"tunnelIds\":[],\"type\":\"message\",{Content},\"c\\u006fntent\":\"{{}}\"}}]",
        $"[{{\"tunnelIds\":[\"a\"],\"type\":\"message\",{Content}}},{{\"tunnelIds\":[\"b\"],\"type\":\"later\"}}]",
        $"[{{\"tunnelIds\":[],\"type\":\"message\",{Content},\"x\":\"\\udc00\"}}]",
        new string('[', 100_000),
    ];

    [Theory]
    [MemberData(nameof(Refused))]
    public void A_push_with_anything_unusable_in_it_is_9004_as_a_whole(string data)
    {
        Assert.False(PushPacket.TryReadAll(Encoding.UTF8.GetBytes(data), out _, out var rejection));
        Assert.Same(Rejection.BadPacket, rejection);
    }

    [Fact]
    public void An_empty_push_and_one_to_nobody_are_no_errors()
    {
        Assert.Empty(Read("[]"));
        Assert.Empty(Read($"[{{\"tunnelIds\":[],\"type\":\"message\",{Content}}}]")[0].TunnelIds);
    }

    [Theory]
    [InlineData("""[{"tunnelIds":["a","b"],"type":"close"}]""")]
    [InlineData("""[{"tunnelIds":["a","b"],"type":"close","content":null}]""")]
    [InlineData(""" [ { "content":"ignored", "x":[1,{}], "type":"cl\u006fse", "tunnelIds":["\u0061", "b"] } ] """)]
    public void Close_is_read_from_every_kind_of_sdk(string data)
    {
        var packet = Assert.Single(Read(data));
        Assert.Equal(PacketType.Close, packet.Type);
        Assert.Equal(["a", "b"], packet.TunnelIds);
        Assert.True(packet.Content.IsEmpty);
    }

    [Fact]
    public void Packets_keep_their_order()
    {
        var packets = Read("""[{"tunnelIds":["a"],"type":"message","content":"{\"type\":\"x\"}"},{"tunnelIds":["a"],"type":"close"}]""");

        Assert.Equal([PacketType.Message, PacketType.Close], packets.Select(static p => p.Type));
        Assert.Equal("""{"type":"x"}""", Encoding.UTF8.GetString(packets[0].Content.Span));
    }

    [Fact]
    public void What_is_written_is_read()
    {
        string[] ids = ["a", "quo\"te", "back\\slash", "中\ud83d\ude00", "tab\t"];
        using var message = new PooledBuffer();
        new PushPacket(ids, PacketType.Message, "{\"type\":\"a\",\"content\":\"\\\"\"}"u8.ToArray()).Write(message);
        using var close = new PooledBuffer();
        new PushPacket([], PacketType.Close, default).Write(close);

        var packet = Assert.Single(Read(Encoding.UTF8.GetString(message.WrittenSpan)));
        Assert.Equal(ids, packet.TunnelIds);
        Assert.Equal("{\"type\":\"a\",\"content\":\"\\\"\"}", Encoding.UTF8.GetString(packet.Content.Span));
        Assert.Equal("""[{"tunnelIds":[],"type":"close"}]""", Encoding.UTF8.GetString(close.WrittenSpan));
    }

    [Theory]
    [InlineData("""{"receiveUrl":"https://a/tunnel","protocolType":"wss"}""", "wss")]
    [InlineData("""{"receiveUrl":"https://a/tunnel","protocolType":"ws","skey":"x","y":{}}""", "ws")]
    [InlineData("""{"protocolType":null,"receiveUrl":"https:\/\/a\/tunnel"}""", "wss")]
    [InlineData("""{"receiveUrl":"https://a/tunnel"}""", "wss")]
    public void A_request_for_a_tunnel_is_read(string data, string protocolType)
    {
        Assert.True(WsUrlRequest.TryRead(Encoding.UTF8.GetBytes(data), out var request, out _));
        Assert.Equal(new WsUrlRequest("https://a/tunnel", protocolType), request);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"receiveUrl":""}""")]
    [InlineData("""{"receiveUrl":null}""")]
    [InlineData("""{"receiveUrl":5}""")]
    [InlineData("""{"receiveUrl":"\ud800"}""")]
    [InlineData("""{"receiveUrl":"https://a/tunnel","receiveUrl":"https://b/tunnel"}""")]
    [InlineData("""{"receiveUrl":"https://a/tunnel","protocolType":"javascript"}""")]
    [InlineData("""{"receiveUrl":"https://a/tunnel","protocolType":1}""")]
    [InlineData("""{"receiveUrl":"https://a/tunnel","protocolType":null,"protocolType":"ws"}""")]
    [InlineData("""{"receiveUrl":"https://a/tunnel"}}""")]
    public void A_request_without_a_usable_receive_url_is_9004(string data)
    {
        Assert.False(WsUrlRequest.TryRead(Encoding.UTF8.GetBytes(data), out _, out var rejection));
        Assert.Same(Rejection.BadPacket, rejection);
    }

    private static IReadOnlyList<PushPacket> Read(string data)
    {
        Assert.True(PushPacket.TryReadAll(Encoding.UTF8.GetBytes(data), out var packets, out _));
        return packets;
    }
}
