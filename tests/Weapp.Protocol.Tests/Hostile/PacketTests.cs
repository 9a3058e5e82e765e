using System.Text;
using Weapp.Protocol.Packets;

namespace Weapp.Protocol.Tests.Hostile;

/// <summary>Packets that are rightly signed and wrong, or odd and right.</summary>
public sealed class PacketTests
{
    public static TheoryData<string> BadPackets =>
    [
        "illegal packet", "null", "[]", "1", "\"\"", "true", " ", "{", "{}x", "{\"a\":1,}", new string('[', 100_000), "\uFEFF{}",
        """{"type":"connect"}""", """{"tunnelId":"t","type":1}""", """{"tunnelId":"t","type":{}}""", """{"type":[]}""",
        """{"tunnelId":"t","type":"message","content":{}}""", """{"tunnelId":"t","type":"message","content":1}""", """{"tunnelId":"t","type":"message","content":true}""",
        """{"tunnelId":"t","tunnelId":"t","type":"connect"}""", """{"tunnelId":"t","type":"connect","typ\u0065":"close"}""",
        """{"tunnelId":"t","type":"message","content":"a","content":"a"}""", """{"tunnelId":"t","type":"x","content":null,"content":"a"}""",
        """{"tunnelId":"t","type":"message","content":"\ud800"}""", """{"tunnelId":"t","type":"message","content":"\uD83D\uD83D"}""",
        """{"tunnelId":"t","type":"connect","x":"\udc00"}""", """{"tunnelId":"t","type":"connect","\udc00":1}""", """{"tunnelId":"\ud800","type":"weird"}""",
        """{"tunnelId":"t","type":"connect","x":nulL}""",
    ];

    public static TheoryData<string> BadIds =>
    [
        "null", "5", "[]", "\"\"", "\"\\r\\n\"", "\"a\\u001b\"", "\"\\u0000\"", "\"\\u007f\"", "\"\u0085\"", $"\"{new string('a', 129)}\"", $"\"{new string('字', 129)}\"",
        $"\"{new string('a', 100_000)}\"",
    ];

    public static TheoryData<string> RawTexts =>
    [
        "unknown-raw", "", " ", "{", "{}", "[]", "123", "null", "\"text\"", """{"type":1}""", """{"type":null}""", """{"type":""}""", """{"other":1}""",
        """{"type":"a","type":"b","content":1}""", """{"type":"a","content":1,"content":2}""", """{"type":"a","\u0074ype":"b"}""",
        """{"type":"\ud800","content":1}""", """{"type":"a","content":"\ud800"}""", """{"type":"a","content":{"\udc00":1}}""", """{"type":"a","x":"\ud800"}""",
        """{"type":"a"}{}""", """{"type":"a"} x""", """{"type":"a",}""", """{"type":"a","content":01}""", """{"type":"a","content":NaN}""", "\uFEFF{\"type\":\"a\"}",
        "{\"type\":\"a\",\"content\":" + new string('[', 10_000), "message", "\ud83d\ude00\u2028</script>\u0001",
    ];

    [Theory]
    [MemberData(nameof(BadPackets))]
    public void Packets_that_cannot_be_read_are_9004(string data) => Assert.Equal((400, 9004), Answer(data));

    [Theory]
    [MemberData(nameof(BadIds))]
    public void Known_types_need_a_tunnel_id(string id)
    {
        Assert.All(["connect", "message", "close"], type => Assert.Equal((400, 9004), Answer($"{{\"tunnelId\":{id},\"type\":\"{type}\"}}")));
    }

    [Fact]
    public void A_tunnel_id_may_have_128_characters_of_any_script()
    {
        foreach (var id in (string[])["a", new string('a', 128), new string('字', 128), "../x", "*", "\\u0041"])
            Assert.Equal((200, 0), Answer($"{{\"tunnelId\":\"{id}\",\"type\":\"connect\"}}"));
        Assert.Equal("A/", Received.Post(Received.Sign("""{"tunnelId":"\u0041\/","type":"connect"}""")).TunnelId);
    }

    [Theory]
    [InlineData("""{"tunnelId":"t","type":"unknown"}""")]
    [InlineData("""{"tunnelId":"t","type":"CONNECT"}""")]
    [InlineData("""{"tunnelId":"t","type":"__proto__"}""")]
    [InlineData("""{"tunnelId":"t","type":null}""")]
    [InlineData("""{"tunnelId":"","type":"later"}""")]
    [InlineData("""{"type":"later","content":"x"}""")]
    [InlineData("{}")]
    public void Types_we_do_not_know_are_accepted_and_ignored(string data)
    {
        var received = Received.Post(Received.Sign(data));
        Assert.Equal((200, PacketType.Unknown), (received.Status, received.Type));
    }

    [Theory]
    [InlineData("""{"tunnelId":"t","type":"message"}""")]
    [InlineData("""{"tunnelId":"t","type":"message","content":null}""")]
    public void A_message_without_content_is_unknown_raw_without_content(string data)
    {
        var received = Received.Post(Received.Sign(data));
        Assert.Equal((MessageText.UnknownRaw, ContentKind.None, null), (received.MessageType, received.Kind, received.Content));
    }

    [Theory]
    [MemberData(nameof(RawTexts))]
    public void Text_that_is_no_message_arrives_whole(string content)
    {
        var received = Received.Post(Received.Message(content));
        Assert.Equal((MessageText.UnknownRaw, ContentKind.Text, content), (received.MessageType, received.Kind, received.Content));
    }

    [Theory]
    [InlineData("""{"type":"speak","content":{"word":"a"}}""", "speak", """{"word":"a"}""")]
    [InlineData(""" { "content" : [ 1 , "\ud83d\ude00" ] , "type" : "sp\u0065ak" , "x" : {"type":1} } """, "speak", """[ 1 , "\ud83d\ude00" ]""")]
    [InlineData("""{"type":"你好","content":null}""", "你好", "null")]
    [InlineData("""{"type":"","content":-1.5e+3}""", "UnknownRaw", "-1.5e+3")]
    [InlineData("""{"type":[],"content":"a\"b"}""", "UnknownRaw", "\"a\\\"b\"")]
    [InlineData("""{"content":{}}""", "UnknownRaw", "{}")]
    public void A_message_is_its_type_and_its_content_as_sent(string content, string type, string expected)
    {
        var received = Received.Post(Received.Message(content));
        Assert.Equal((type, ContentKind.Json, expected), (received.MessageType, received.Kind, received.Content));
    }

    [Fact]
    public void A_message_may_have_no_content()
    {
        var received = Received.Post(Received.Message("""{"type":"poke","x":1}"""));
        Assert.Equal(("poke", ContentKind.None, null), (received.MessageType, received.Kind, received.Content));
    }

    [Fact]
    public void A_frame_of_64_kib_arrives_byte_exact_whatever_it_is_made_of()
    {
        foreach (var unit in (string[])["\"", "\\", "\u0001", "中", "\ud83d\ude00", "\u2028", "</script>"])
        {
            var content = string.Concat(Enumerable.Repeat(unit, 65_536 / Encoding.UTF8.GetByteCount(unit)));
            var body = Received.Message(content);

            Assert.Equal(content, Received.Post(body).Content);
            Assert.InRange(body.Length, 65_000, 512 * 1024);
        }
    }

    private static (int Status, int Code) Answer(string data)
    {
        var received = Received.Post(Received.Sign(data));
        return (received.Status, received.Code);
    }
}
