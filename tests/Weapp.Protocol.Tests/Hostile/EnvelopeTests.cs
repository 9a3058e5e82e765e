using System.Text;
using Weapp.Protocol.Envelopes;
using Weapp.Protocol.Packets;

namespace Weapp.Protocol.Tests.Hostile;

/// <summary>Bodies that no honest tunnel server sends; the names in the rows are those of the threat list.</summary>
public sealed class EnvelopeTests
{
    private const string Connect = """{"tunnelId":"tunnel1","type":"connect"}""";

    private static readonly string Valid = Encoding.UTF8.GetString(Received.Sign(Connect));

    private static readonly string Signature = Valid[^42..^2];

    public static TheoryData<string> NotJson =>
    [
        "", " \r\n\t", "1", "\"x\"", "true", "1e5", "nul", "nulll", "[1,]", "[", "{", "{]", "[}",
        "{}{}", "{}\0", "{},", "{}/*c*/", "/*c*/{}", "{\"a\":NaN}", "{\"a\":01}", "{\"a\":1.}", "{\"a\":.5}", "{\"a\":+1}", "{\"a\":-}", "{\"a\":1e}",
        "{'data':1}", "{data:1}", "{\"a\":1,}", "{,\"a\":1}", "{\"a\" 1}", "{\"a\":1 \"b\":2}", "{\"a\":}", "{\"a\"}", "{\"a", "{\"a\":\"", "{\"a\":\"\\",
        "{\"a\":\"\\u12\"}", "{\"a\":\"\\u12g4\"}", "{\"a\":\"\\x\"}", "{\"a\":tru}", "{\"a\":True}", "\uFEFF\uFEFF{}", "{\"a\":\"\n\"}", "{\"a\n\":1}",
        "{\"data\":\"\0\"}", "{\"a\":\"\\ud800\"}", "{\"a\":[\"\\udc00\\ud800\"]}", "{\"a\":{\"b\":\"\\ud800x\"}}", "{\"a\":{\"\\ud800\":1}}",
        "{\"\\ud800\":1}", "{\"\\udc00\\ud800\":1}", "{\"data\":\"\\ud800\"}", "{\"data\":\"\\ud800\\n\"}", "{\"signature\":\"\\ud800x\"}", "{\"tcId\":\"\\udfff\"}",
        "{\"dataEncode\":\"\\ud800\"}", "{\"dataEncode\":{\"a\":\"\\ud800\"}}", "{\"signature\":[\"\\ud800\"]}",
        "{\"tcKey\":1,\"tcKey\":1}", "{\"tcId\":1,\"tcId\":1}", "{\"dataEncode\":null,\"dataEncode\":\"json\"}",
    ];

    public static TheoryData<string> InvalidData =>
    [
        "null", " [] ", "[1,{\"a\":[]}]", "{}", "{\"data\":\"{}\"}", "{\"signature\":\"x\"}", "{\"data\":\"\",\"signature\":\"\"}", "{\"DATA\":\"{}\",\"signature\":\"x\"}",
        .. from value in new[] { "1", "{}", "[]", "true", "null", "\"\"" } select $"{{\"data\":{value},\"signature\":\"x\"}}",
        .. from value in new[] { "1", "{}", "[]", "true", "null", "\"\"" } select $"{{\"data\":\"{{}}\",\"signature\":{value}}}",
        .. from value in new[] { "1", "{}", "[]", "true", "\"base64\"", "\"\"", "\"JSON\"" }
           select $"{{\"dataEncode\":{value},\"data\":\"{{}}\",\"signature\":\"x\"}}",
    ];

    [Theory]
    [MemberData(nameof(NotJson))]
    public void Text_that_is_no_strict_json_object_is_9001(string body) => AssertRefused(9001, Encoding.UTF8.GetBytes(body));

    [Theory]
    [MemberData(nameof(InvalidData))]
    public void Json_without_data_and_signature_is_9002(string body) => AssertRefused(9002, Encoding.UTF8.GetBytes(body));

    [Theory]
    [InlineData("{\"data\":\"[]\",")]
    [InlineData("{\"\\u0064ata\":\"[]\",")]
    [InlineData("{\"signature\":\"x\",")]
    [InlineData("{\"sign\\u0061ture\":\"x\",")]
    public void A_known_member_given_twice_is_9001_in_either_order_and_spelling(string first)
    {
        AssertRefused(9001, Encoding.UTF8.GetBytes(string.Concat(first, Valid.AsSpan(1))));
        AssertRefused(9001, Encoding.UTF8.GetBytes($"{Valid[..^1]},{first[1..^1]}}}"));
    }

    [Theory]
    [InlineData(new byte[] { 0xC0, 0x80 })]
    [InlineData(new byte[] { 0xED, 0xA0, 0x80 })]
    [InlineData(new byte[] { 0xF4, 0x90, 0x80, 0x80 })]
    [InlineData(new byte[] { 0xFF })]
    [InlineData(new byte[] { 0xE4, 0xBD })]
    public void Invalid_utf8_is_9001_however_it_was_signed(byte[] bytes)
    {
        byte[] raw = [.. "{\"tunnelId\":\"tunnel1\",\"type\":\"connect\",\"x\":\""u8, .. bytes, .. "\"}"u8];
        var signedRaw = Received.Sign(raw);
        var signedReplaced = Encoding.UTF8.GetString(Received.Sign(Encoding.UTF8.GetString(raw)));

        AssertRefused(9001, signedRaw);
        AssertRefused(9001, [.. signedRaw.AsSpan(0, signedRaw.Length - 42), .. Encoding.UTF8.GetBytes(signedReplaced[^42..])]);
        AssertRefused(9001, [.. "{\"x\":\""u8, .. bytes, .. "\","u8, .. Encoding.UTF8.GetBytes(Valid[1..])]);
    }

    [Fact]
    public void One_byte_order_mark_is_read_past_and_a_second_is_not()
    {
        Assert.Equal(PacketType.Connect, Received.Post("\uFEFF" + Valid).Type);
        AssertRefused(9001, Encoding.UTF8.GetBytes("\uFEFF\uFEFF" + Valid));
    }

    [Fact]
    public void Utf16_is_9001()
    {
        AssertRefused(9001, Encoding.Unicode.GetBytes(Valid));
        AssertRefused(9001, Encoding.BigEndianUnicode.GetBytes(Valid));
        AssertRefused(9001, [0xFF, 0xFE, .. Encoding.Unicode.GetBytes(Valid)]);
    }

    [Fact]
    public void Wrong_signatures_are_9003()
    {
        string[] signatures =
        [
            Signature.ToUpperInvariant(), Signature[1..], Signature + "0", " " + Signature, Signature + " ", "0x" + Signature[2..],
            Convert.ToBase64String(Convert.FromHexString(Signature)), Signature.Replace('d', 'ｄ'), new string('a', 1 << 20), "x",
        ];
        Assert.All(signatures, static signature => AssertRefused(9003, Encoding.UTF8.GetBytes(Valid.Replace(Signature, signature, StringComparison.Ordinal))));
    }

    [Fact]
    public void Members_we_do_not_know_order_and_white_space_do_not_matter()
    {
        var data = Encoding.UTF8.GetString(System.Text.Json.JsonEncodedText.Encode(Connect).EncodedUtf8Bytes);
        var body = $$"""
             { "x" : [ 1.5e-3 , {"data":"x","data":"y"} , "\u005c\ud83d\ude00" ], "DATA": "no",
               "signature" : "{{Signature}}" , "dataEncode" : null, "data" :"{{data}}" , "": {} , "y":-0}
            """;

        Assert.Equal(new { Type = PacketType.Connect, TunnelId = (string?)"tunnel1" }, Known(Received.Post(body)));
    }

    [Fact]
    public void Escapes_in_names_and_in_the_signature_are_only_spelling()
    {
        var escaped = string.Concat(Signature.Select(static c => $"\\u{(int)c:X4}"));
        var body = Valid.Replace("\"data\"", "\"d\\u0061t\\u0061\"", StringComparison.Ordinal).Replace(Signature, escaped, StringComparison.Ordinal);

        Assert.Equal(PacketType.Connect, Received.Post(body).Type);
    }

    [Theory]
    [InlineData(63, 0)]
    [InlineData(64, 9001)]
    [InlineData(100_000, 9001)]
    public void Values_may_nest_64_levels_deep(int arrays, int code)
    {
        var nested = new string('[', arrays) + new string(']', arrays);

        Assert.Equal(code, Received.Post($"{{\"x\":{nested},{Valid[1..]}").Code);
        Assert.Equal(9001, Received.Post($"{{\"x\":{new string('[', arrays)},{Valid[1..]}").Code);
    }

    [Theory]
    [InlineData("{}", false)]
    [InlineData("{\"dataEncode\":null}", false)]
    [InlineData("{\"dataEncode\":\"json\"}", true)]
    public void The_caller_that_sends_data_encode_is_told_apart(string member, bool expected)
    {
        var body = Encoding.UTF8.GetBytes($"{member[..^1]}{(member.Length > 2 ? "," : "")}\"data\":\"{{}}\",\"signature\":\"x\"}}");

        Assert.True(Envelope.TryRead(body, new byte[Envelope.ScratchLength(body.Length)], out var envelope, out _));
        Assert.Equal(expected, envelope.HasDataEncode);
    }

    private static object Known(Received received) => new { received.Type, received.TunnelId };

    private static void AssertRefused(int code, byte[] body)
    {
        var received = Received.Post(body);
        Assert.Equal((400, code), (received.Status, received.Code));
    }
}
