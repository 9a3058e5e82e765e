using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
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

        await AssertRefusedAsync(app, SignedEvent.Raw(Encoding.UTF8.GetBytes(body)), expected);
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

        await AssertRefusedAsync(app, SignedEvent.Data(data), "400 9004");
        await AssertRefusedAsync(app, SignedEvent.Of(new string('x', EventPacket.MaxTunnelIdLength + 1), PacketType.Connect), "400 9004");
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

        await AssertRefusedAsync(app, SignedEvent.Raw(Encoding.UTF8.GetBytes($$"""{"x":{{deep}},"data":"x","signature":"x"}""")), "400 9001");
        await AssertRefusedAsync(app, SignedEvent.Data(deep), "400 9004");
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
                await AssertRefusedAsync(app, SignedEvent.Raw(Encoding.UTF8.GetBytes(body)), "400 9001");
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
        await AssertRefusedAsync(app, SignedEvent.Raw(Encoding.UTF8.GetBytes($"\uFEFF\uFEFF{bodies[0]}")), "400 9001");
        await AssertRefusedAsync(app, SignedEvent.Raw(Encoding.Unicode.GetBytes(bodies[0])), "400 9001");
        await AssertRefusedAsync(app, SignedEvent.Raw(Encoding.BigEndianUnicode.GetBytes(bodies[0])), "400 9001");
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
            await AssertRefusedAsync(app, SignedEvent.Raw(body), "400 9001");
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
            await AssertRefusedAsync(app, Envelope(signature), "400 9003");

        Assert.Equal(ChatApp.Ok, (await app.PostAsync(Envelope(right))).Text);
    }

    [Fact]
    public async Task Without_a_key_nobody_can_post_events()
    {
        await using var app = await ChatApp.StartAsync<RecordingHandler>(static options => options.TunnelSignatureKey = null);

        await AssertRefusedAsync(app, Envelope(Sign(Connect)), "400 9003");
        await AssertRefusedAsync(app, Envelope(Hash(Connect)), "400 9003");
    }

    [Fact]
    public async Task Where_signatures_are_not_checked_any_will_do()
    {
        await using var app = await ChatApp.StartAsync<RecordingHandler>(static options => options.TunnelCheckSignature = false);

        Assert.Equal(ChatApp.Ok, (await app.PostAsync(Envelope("whatever"))).Text);
        await AssertRefusedAsync(app, Envelope(""), "400 9002");
        Assert.Single(app.Server.Logs.Lines, static line => line is { Category: "Weapp.Http", EventId.Id: 8, Level: LogLevel.Warning });
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_over_the_limit_is_refused_and_one_at_the_limit_is_not(bool announced)
    {
        const int Limit = 4096;
        await using var app = await ChatApp.StartAsync<RecordingHandler>(static options => options.MaxEventBytes = Limit);
        var body = await Envelope(Sign(Connect)).ReadAsByteArrayAsync(TestContext.Current.CancellationToken);

        HttpContent Padded(int length)
        {
            byte[] padded = [.. body, .. Enumerable.Repeat((byte)' ', length - body.Length)];
            return announced ? SignedEvent.Raw(padded) : new UnannouncedContent(padded);
        }

        Assert.Equal(ChatApp.Ok, (await app.PostAsync(Padded(Limit))).Text);
        Assert.Equal(["connect t1 nobody"], app.Journal.All);
        await AssertRefusedAsync(app, Padded(Limit + 1), "413 9005");
        await AssertRefusedAsync(app, Padded(20 * Limit), "413 9005");
    }

    [Fact]
    public async Task A_body_without_end_is_answered_at_the_limit()
    {
        await using var app = await ChatApp.StartAsync<RecordingHandler>(static options => options.MaxEventBytes = 4096);
        var chunks = new StringBuilder();
        for (var i = 0; i < 64; i++)
            chunks.Append(CultureInfo.InvariantCulture, $"400\r\n{new string(' ', 0x400)}\r\n");

        var answer = await RawHttp.SendAsync(
            app.Server,
            "POST /tunnel HTTP/1.1\r\nHost: app\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked",
            Encoding.ASCII.GetBytes(chunks.ToString()),
            until: "}");

        Assert.StartsWith("HTTP/1.1 413", answer, StringComparison.Ordinal);
        Assert.Contains("9005", answer, StringComparison.Ordinal);
        await AssertServingAsync(app);
    }

    [Theory]
    [InlineData("Content-Length: 100000000000000000000")]
    [InlineData("Content-Length: -1")]
    [InlineData("Content-Length: 5\r\nContent-Length: 6")]
    public async Task A_length_that_is_none_is_a_bad_request(string header)
    {
        await using var app = await ChatApp.StartAsync<RecordingHandler>();

        Assert.StartsWith("HTTP/1.1 400", await RawHttp.SendAsync(app.Server, $"POST /tunnel HTTP/1.1\r\nHost: app\r\n{header}", default), StringComparison.Ordinal);
        await AssertServingAsync(app);
    }

    [Theory]
    [InlineData("POST /tunnel HTTP/1.1\r\nHost: app\r\nTransfer-Encoding: chunked", "5\r\n{\"dat\r\nzz\r\n", 400)]
    [InlineData("POST /tunnel HTTP/1.1\r\nHost: app\r\nTransfer-Encoding: chunked", "5;a=b\n{\"dat\r\n0\r\n\r\n", 400)]
    [InlineData("POST /tunnel HTTP/1.1\r\nHost: app\r\nTransfer-Encoding: chunked", "-1\r\n", 400)]
    [InlineData("POST /tunnel HTTP/1.1\r\nHost: app\r\nTransfer-Encoding: gzip", "", 400)]
    [InlineData("POST /tunnel HTTP/1.1\r\nContent-Length: 0", "", 400)]
    [InlineData("POST /tunnel HTTP/1.1\r\nHost: app\r\n{headers}", "", 431)]
    [InlineData("POST /tunnel?{long} HTTP/1.1\r\nHost: app", "", 414)]
    public async Task A_request_that_is_no_HTTP_reaches_nobody_and_is_no_error(string head, string body, int status)
    {
        await using var app = await ChatApp.StartAsync<RecordingHandler>();
        head = head
            .Replace("{headers}", string.Join("\r\n", Enumerable.Range(0, 101).Select(static i => $"x-{i}: 1")), StringComparison.Ordinal)
            .Replace("{long}", new string('x', 9 * 1024), StringComparison.Ordinal);

        Assert.StartsWith($"HTTP/1.1 {status} ", await RawHttp.SendAsync(app.Server, head, Encoding.ASCII.GetBytes(body)), StringComparison.Ordinal);
        Assert.Empty(app.Journal.All);
        await AssertServingAsync(app);
    }

    [Fact]
    public async Task Of_two_lengths_the_chunks_count_and_the_connection_ends()
    {
        await using var app = await ChatApp.StartAsync<RecordingHandler>();
        var body = await Envelope(Sign(Connect)).ReadAsStringAsync(TestContext.Current.CancellationToken);

        var answer = await RawHttp.SendAsync(
            app.Server,
            "POST /tunnel HTTP/1.1\r\nHost: app\r\nContent-Length: 5\r\nTransfer-Encoding: chunked",
            Encoding.ASCII.GetBytes($"{body.Length:x}\r\n{body}\r\n0\r\n\r\nPOST /tunnel HTTP/1.1\r\nHost: app\r\nContent-Length: {body.Length}\r\n\r\n{body}"));

        Assert.StartsWith("HTTP/1.1 200", answer, StringComparison.Ordinal);
        Assert.Contains("\r\nConnection: close\r\n", answer, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(["connect t1 nobody"], app.Journal.All);
    }

    [Fact]
    public async Task A_body_that_drips_is_408_and_no_error()
    {
        await using var app = await ChatApp.StartAsync<RecordingHandler>(configure: static builder =>
            builder.WebHost.ConfigureKestrel(static kestrel => kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(240, TimeSpan.FromSeconds(1.1))));

        var answer = await RawHttp.SendAsync(app.Server, "POST /tunnel HTTP/1.1\r\nHost: app\r\nContent-Length: 500", "{"u8.ToArray());

        Assert.StartsWith("HTTP/1.1 408", answer, StringComparison.Ordinal);
        Assert.Contains("""{"code":9001,"message":"Bad request - request data came too slowly"}""", answer, StringComparison.Ordinal);
        Assert.Empty(app.Journal.All);
        await AssertServingAsync(app);
    }

    [Theory]
    [InlineData("Content-Length: 500")]
    [InlineData("Transfer-Encoding: chunked")]
    public async Task A_body_that_breaks_off_reaches_nobody_and_is_no_error(string header)
    {
        await using var app = await ChatApp.StartAsync<RecordingHandler>();

        await RawHttp.SendAsync(app.Server, $"POST /tunnel HTTP/1.1\r\nHost: app\r\n{header}", "5\r\n{\"dat"u8.ToArray(), thenFinish: true);

        Assert.Empty(app.Journal.All);
        await AssertServingAsync(app);
    }

    [Fact]
    public async Task A_connection_that_breaks_within_a_body_reaches_nobody_and_is_no_error()
    {
        var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var app = await ChatApp.StartAsync<RecordingHandler>(map: app => app.Use(async (context, next) =>
        {
            arrived.TrySetResult();
            try
            {
                await next(context);
            }
            finally
            {
                ended.TrySetResult();
            }
        }));

        await RawHttp.ResetAsync(app.Server, "POST /tunnel HTTP/1.1\r\nHost: app\r\nContent-Length: 500", "{\"dat"u8.ToArray(), arrived.Task);
        await ended.Task.WaitAsync(Limits.Deadline, TestContext.Current.CancellationToken);

        Assert.Empty(app.Journal.All);
        await AssertServingAsync(app);
    }

    [Fact]
    public async Task A_tunnel_server_that_leaves_before_the_answer_is_no_error()
    {
        await using var app = await ChatApp.StartAsync<GatedHandler>();
        var body = await SignedEvent.Of("t1", PacketType.Message, SignedEvent.Message("work", "\"gate\"")).ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        var begun = app.Journal.NextAsync();

        await RawHttp.ResetAsync(app.Server, $"POST /tunnel HTTP/1.1\r\nHost: app\r\nContent-Length: {body.Length}", body, begun);
        app.Journal.Open("gate");

        Assert.Equal("t1 gate begins", await begun);
        Assert.Equal("t1 gate ends", await app.Journal.NextAsync());
        await AssertServingAsync(app);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("application/json")]
    [InlineData("application/json; charset=utf-8")]
    [InlineData("Application/JSON;charset=UTF-8")]
    [InlineData("application/json; charset=\"utf-8\"")]
    [InlineData("text/plain")]
    public async Task Media_types_that_tunnel_servers_send_are_read(string? type)
    {
        await using var app = await ChatApp.StartAsync<RecordingHandler>();
        var content = Envelope(Sign(Connect));
        content.Headers.ContentType = type is null ? null : MediaTypeHeaderValue.Parse(type);

        Assert.Equal(ChatApp.Ok, (await app.PostAsync(content)).Text);
    }

    [Theory]
    [InlineData("multipart/form-data; boundary=x", null)]
    [InlineData("application/x-www-form-urlencoded", null)]
    [InlineData("application/xml", null)]
    [InlineData("application/json; charset=gbk", null)]
    [InlineData("application/json; charset=utf-16", null)]
    [InlineData("nonsense", null)]
    [InlineData("application/json", "gzip")]
    [InlineData("application/json", "br")]
    [InlineData("application/json", "identity, gzip")]
    public async Task Other_media_types_and_encodings_are_refused(string type, string? encoding)
    {
        await using var app = await ChatApp.StartAsync<RecordingHandler>();
        var content = Envelope(Sign(Connect));
        content.Headers.ContentType = null;
        content.Headers.TryAddWithoutValidation("Content-Type", type);
        if (encoding is not null)
            content.Headers.TryAddWithoutValidation("Content-Encoding", encoding);

        await AssertRefusedAsync(app, content, "415 9006");
    }

    [Theory]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    [InlineData("PATCH")]
    [InlineData("OPTIONS")]
    [InlineData("TRACE")]
    [InlineData("PROPFIND")]
    public async Task Other_methods_are_not_implemented(string method)
    {
        await using var app = await ChatApp.StartAsync<RecordingHandler>();
        using var request = new HttpRequestMessage(new HttpMethod(method), "/tunnel");
        using var response = await app.Server.Client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(501, (int)response.StatusCode);
        Assert.Equal("""{"code":501,"message":"Not Implemented"}""", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(["GET", "POST"], response.Content.Headers.Allow.Order());
        Assert.Empty(app.Journal.All);
    }

    private static HttpContent Envelope(string signature) =>
        SignedEvent.Raw(Encoding.UTF8.GetBytes($$"""{"data":"{{Escape(Connect)}}","signature":"{{signature}}"}"""));

    private static string Escape(string data) => data.Replace("\"", "\\\"", StringComparison.Ordinal);

    private static string Sign(string data) => Hash(data + SignedEvent.Key);

    private static string Sign(byte[] data) => Convert.ToHexStringLower(SHA1.HashData([.. data, .. Encoding.UTF8.GetBytes(SignedEvent.Key)]));

    private static string Hash(string text) => Convert.ToHexStringLower(SHA1.HashData(Encoding.UTF8.GetBytes(text)));

    private static async Task AssertRefusedAsync(ChatApp app, HttpContent content, string expected)
    {
        var before = app.Journal.All.Count;
        Assert.Equal(expected, (await app.PostAsync(content)).Code);
        Assert.Equal(before, app.Journal.All.Count);
        await AssertServingAsync(app);
    }

    private static async Task AssertServingAsync(ChatApp app)
    {
        // An unknown type leaves no trace in the handler; with no key even that is refused, which is an answer too.
        var answer = await app.PostAsync(SignedEvent.Data("""{"tunnelId":"t1","type":"still-there"}"""));
        Assert.Contains(answer.Code, (string[])["200 0", "400 9003"]);
    }

    /// <summary>A body that is sent in chunks.</summary>
    private sealed class UnannouncedContent : HttpContent
    {
        private readonly byte[] _body;

        public UnannouncedContent(byte[] body)
        {
            _body = body;
            Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        protected override async Task SerializeToStreamAsync(Stream stream, System.Net.TransportContext? context)
        {
            await stream.WriteAsync(_body);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
