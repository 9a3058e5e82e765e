using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using Weapp.Protocol.Packets;
using Weapp.Runtime.Tests.Support;

namespace Weapp.Runtime.Tests;

/// <summary>Hostile and odd bodies: one clear answer each, no handler, and the app goes on.</summary>
public sealed class PostBodyTests
{
    private const string Connect = """{"tunnelId":"t1","type":"connect"}""";

    [Theory]
    [InlineData("", "400 9001")]
    [InlineData(" \n\t ", "400 9001")]
    [InlineData("null", "400 9002")]
    [InlineData("1", "400 9001")]
    [InlineData("\"x\"", "400 9001")]
    [InlineData("true", "400 9001")]
    [InlineData("[]", "400 9002")]
    [InlineData("{}", "400 9002")]
    [InlineData("{'data':'x'}", "400 9001")]
    [InlineData("{data:1}", "400 9001")]
    [InlineData("{\"a\":NaN}", "400 9001")]
    [InlineData("{\"a\":1,}", "400 9001")]
    [InlineData("{/*c*/}", "400 9001")]
    [InlineData("{}{}", "400 9001")]
    [InlineData("{}\0", "400 9001")]
    [InlineData("""{"data":1,"signature":"x"}""", "400 9002")]
    [InlineData("""{"data":{},"signature":"x"}""", "400 9002")]
    [InlineData("""{"data":[],"signature":"x"}""", "400 9002")]
    [InlineData("""{"data":true,"signature":"x"}""", "400 9002")]
    [InlineData("""{"data":null,"signature":"x"}""", "400 9002")]
    [InlineData("""{"data":"x","signature":1}""", "400 9002")]
    [InlineData("""{"data":"x","signature":null}""", "400 9002")]
    [InlineData("""{"data":"x","signature":""}""", "400 9002")]
    [InlineData("""{"data":"","signature":""}""", "400 9002")]
    [InlineData("""{"data":"x"}""", "400 9002")]
    [InlineData("""{"data":"x\ud800","signature":"x"}""", "400 9001")]
    [InlineData("""{"data":"x","\udc00\ud800":1,"signature":"x"}""", "400 9001")]
    [InlineData("""{"data":"x","signature":"x","dataEncode":"base64"}""", "400 9002")]
    [InlineData("""{"data":"x","signature":"x","dataEncode":1}""", "400 9002")]
    [InlineData("{\"data\":\"a\nb\",\"signature\":\"x\"}", "400 9001")]
    public async Task A_body_that_is_no_envelope_is_refused(string body, string expected)
    {
        await using var app = await ChatApp.StartAsync<RecordingHandler>();

        await app.AssertRefusedAsync(SignedEvent.Raw(Encoding.UTF8.GetBytes(body)), expected);
    }

    [Theory]
    [InlineData("illegal packet")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("1")]
    [InlineData("\"\"")]
    [InlineData("""{"type":"connect"}""")]
    [InlineData("""{"tunnelId":null,"type":"connect"}""")]
    [InlineData("""{"tunnelId":1,"type":"connect"}""")]
    [InlineData("""{"tunnelId":"","type":"connect"}""")]
    [InlineData("""{"tunnelId":"a\r\nb","type":"message"}""")]
    [InlineData("""{"tunnelId":"a\u0000b","type":"close"}""")]
    [InlineData("""{"tunnelId":"a\u001bb","type":"connect"}""")]
    [InlineData("""{"tunnelId":"t1","type":1}""")]
    [InlineData("""{"tunnelId":"t1","type":{}}""")]
    [InlineData("""{"tunnelId":"t1","type":"message","content":{}}""")]
    [InlineData("""{"tunnelId":"t1","type":"message","content":1}""")]
    [InlineData("""{"tunnelId":"t1","tunnelId":"t2","type":"connect"}""")]
    [InlineData("""{"tunnelId":"t1","type":"connect","type":"close"}""")]
    public async Task A_packet_that_cannot_be_read_is_refused(string data)
    {
        await using var app = await ChatApp.StartAsync<RecordingHandler>();

        await app.AssertRefusedAsync(SignedEvent.Data(data), "400 9004");
        await app.AssertRefusedAsync(SignedEvent.Of(new string('x', EventPacket.MaxTunnelIdLength + 1), PacketType.Connect), "400 9004");
    }

    [Theory]
    [InlineData("""{"tunnelId":"t1","type":"unknown"}""")]
    [InlineData("""{"tunnelId":"t1","type":"CONNECT"}""")]
    [InlineData("""{"tunnelId":"t1","type":"__proto__"}""")]
    [InlineData("""{"tunnelId":"t1"}""")]
    public async Task A_packet_of_another_type_is_accepted_and_reaches_nobody(string data)
    {
        await using var app = await ChatApp.StartAsync<RecordingHandler>();

        Assert.Equal(ChatApp.Ok, (await app.PostAsync(SignedEvent.Data(data))).Text);
        Assert.Empty(app.Journal.All);
    }

    [Theory]
    [InlineData("unknown-raw")]
    [InlineData("{")]
    [InlineData("""{"type":1}""")]
    [InlineData("""{"type":"a","type":"b","content":1}""")]
    [InlineData("""{"type":"\ud800","content":1}""")]
    public async Task A_message_that_is_none_reaches_the_handler_as_raw_text(string content)
    {
        await using var app = await ChatApp.StartAsync<RecordingHandler>();

        Assert.Equal(ChatApp.Ok, (await app.PostAsync("t1", PacketType.Message, content)).Text);
        Assert.Equal([$"message t1 UnknownRaw {System.Text.Json.JsonSerializer.Serialize(content)}"], app.Journal.All);
    }

    [Fact]
    public async Task Deep_nesting_is_refused_or_raw_text_and_breaks_nothing()
    {
        await using var app = await ChatApp.StartAsync<RecordingHandler>();
        var deep = new string('[', 100_000);

        await app.AssertRefusedAsync(SignedEvent.Raw(Encoding.UTF8.GetBytes($$"""{"x":{{deep}},"data":"x","signature":"x"}""")), "400 9001");
        await app.AssertRefusedAsync(SignedEvent.Data(deep), "400 9004");
        Assert.Equal(ChatApp.Ok, (await app.PostAsync("t1", PacketType.Message, deep)).Text);
        Assert.StartsWith("message t1 UnknownRaw \"[[[", Assert.Single(app.Journal.All), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Members_given_twice_are_refused_whichever_is_signed()
    {
        await using var app = await ChatApp.StartAsync<RecordingHandler>();
        var good = Escape(Connect);
        var evil = Escape("""{"tunnelId":"evil","type":"connect"}""");
        foreach (var name in (string[])["data", "\\u0064ata"])
        {
            foreach (var signed in (string[])[Connect, """{"tunnelId":"evil","type":"connect"}"""])
            {
                var body = $$"""{"data":"{{good}}","{{name}}":"{{evil}}","signature":"{{Sign(signed)}}"}""";
                await app.AssertRefusedAsync(SignedEvent.Raw(Encoding.UTF8.GetBytes(body)), "400 9001");
            }
        }

        Assert.Empty(app.Journal.All);
    }

    [Fact]
    public async Task Envelopes_that_only_look_odd_are_accepted_once()
    {
        await using var app = await ChatApp.StartAsync<RecordingHandler>();
        var (data, signature) = (Escape(Connect), Sign(Connect));
        string[] bodies =
        [
            $$"""{"DATA":"x","data":"{{data}}","signature":"{{signature}}"}""",
            $$"""{ "signature" : "{{signature}}" , "more" : [ { } , null ] ,{{"\r\n"}} "data" : "{{data}}", "dataEncode": null }""",
            $$"""{"\u0064\u0061ta":"{{data}}","signature":"{{signature}}"}""",
            $$"""{{'\uFEFF'}}{"data":"{{data}}","signature":"{{signature}}"}""",
        ];
        foreach (var body in bodies)
            Assert.Equal(ChatApp.Ok, (await app.PostAsync(SignedEvent.Raw(Encoding.UTF8.GetBytes(body)))).Text);

        Assert.Equal(bodies.Length, app.Journal.All.Count(static entry => entry == "connect t1 nobody"));
        await app.AssertRefusedAsync(SignedEvent.Raw(Encoding.UTF8.GetBytes($"\uFEFF\uFEFF{bodies[0]}")), "400 9001");
        await app.AssertRefusedAsync(SignedEvent.Raw(Encoding.Unicode.GetBytes(bodies[0])), "400 9001");
        await app.AssertRefusedAsync(SignedEvent.Raw(Encoding.BigEndianUnicode.GetBytes(bodies[0])), "400 9001");
    }

    [Theory]
    [InlineData("C080")]
    [InlineData("EDA080")]
    [InlineData("F4908080")]
    [InlineData("FF")]
    [InlineData("E4BD")]
    public async Task Bytes_that_are_no_UTF8_are_refused_however_they_are_signed(string hex)
    {
        await using var app = await ChatApp.StartAsync<RecordingHandler>();
        byte[] data = [.. Encoding.UTF8.GetBytes("{\"tunnelId\":\"t"), .. Convert.FromHexString(hex), .. Encoding.UTF8.GetBytes("\",\"type\":\"connect\"}")];
        foreach (var signed in (byte[][])[data, Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(data))])
        {
            var text = Encoding.Latin1.GetString(data).Replace("\"", "\\\"", StringComparison.Ordinal);
            var body = Encoding.Latin1.GetBytes($$"""{"data":"{{text}}","signature":"{{Sign(signed)}}"}""");
            await app.AssertRefusedAsync(SignedEvent.Raw(body), "400 9001");
        }
    }

    [Fact]
    public async Task Only_the_right_signature_is_accepted()
    {
        await using var app = await ChatApp.StartAsync<RecordingHandler>();
        var right = Sign(Connect);
        var key = Encoding.UTF8.GetBytes(SignedEvent.Key);
        var hmac = new byte[SHA1.HashSizeInBytes];
        HMACSHA1.HashData(key, Encoding.UTF8.GetBytes(Connect), hmac);
        string[] wrong =
        [
            right.ToUpperInvariant(), right[..39], right + "0", $" {right}", $"{right} ", $"0x{right}", Convert.ToBase64String(Convert.FromHexString(right)),
            "ｄ" + right[1..], new string('a', 200_000), new string('z', 40),
            Hash(Connect), Hash(SignedEvent.Key + Connect), Hash(Connect + "another app's key"), Convert.ToHexStringLower(hmac),
        ];
        foreach (var signature in wrong)
            await app.AssertRefusedAsync(Envelope(signature), "400 9003");

        Assert.Equal(ChatApp.Ok, (await app.PostAsync(Envelope(right))).Text);
    }

    [Fact]
    public async Task Without_a_key_nobody_can_post_events()
    {
        await using var app = await ChatApp.StartAsync<RecordingHandler>(static options => options.TunnelSignatureKey = null);

        await app.AssertRefusedAsync(Envelope(Sign(Connect)), "400 9003");
        await app.AssertRefusedAsync(Envelope(Hash(Connect)), "400 9003");
    }

    [Fact]
    public async Task Where_signatures_are_not_checked_any_will_do()
    {
        await using var app = await ChatApp.StartAsync<RecordingHandler>(static options => options.TunnelCheckSignature = false);

        Assert.Equal(ChatApp.Ok, (await app.PostAsync(Envelope("whatever"))).Text);
        await app.AssertRefusedAsync(Envelope(""), "400 9002");
        Assert.Single(app.Server.Logs.Lines, static line => line is { Category: "Weapp.Http", EventId.Id: 8, Level: LogLevel.Warning });
    }

    private static HttpContent Envelope(string signature) =>
        SignedEvent.Raw(Encoding.UTF8.GetBytes($$"""{"data":"{{Escape(Connect)}}","signature":"{{signature}}"}"""));

    private static string Escape(string data) => data.Replace("\"", "\\\"", StringComparison.Ordinal);

    private static string Sign(string data) => Hash(data + SignedEvent.Key);

    private static string Sign(byte[] data) => Convert.ToHexStringLower(SHA1.HashData([.. data, .. Encoding.UTF8.GetBytes(SignedEvent.Key)]));

    private static string Hash(string text) => Convert.ToHexStringLower(SHA1.HashData(Encoding.UTF8.GetBytes(text)));
}
