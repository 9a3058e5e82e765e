using System.Globalization;
using Weapp.Protocol.Packets;
using Weapp.Protocol.Signatures;
using Weapp.Runtime.Tests.Support;

namespace Weapp.Runtime.Tests;

/// <summary>Signatures in headers, as an app sees them over HTTP.</summary>
public sealed class SignedHeaderTests
{
    private readonly TestClock _clock = new();

    [Theory]
    [InlineData(null)]
    [InlineData("abc")]
    [InlineData("-1")]
    [InlineData("100000000000000000000")]
    [InlineData("-301 s")]
    [InlineData("+301 s")]
    public async Task An_unusable_time_is_9007(string? timestamp)
    {
        await using var app = await StartAsync();
        if (timestamp is not null && timestamp.EndsWith(" s", StringComparison.Ordinal))
        {
            var seconds = int.Parse(timestamp[..^2], CultureInfo.InvariantCulture);
            timestamp = _clock.GetUtcNow().AddSeconds(seconds).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        }

        await AssertRefusedAsync(app, headers => headers with { Timestamp = timestamp }, "400 9007");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("a.b")]
    [InlineData("1 KB")]
    public async Task An_unusable_id_is_9007(string? id)
    {
        await using var app = await StartAsync();
        await AssertRefusedAsync(app, headers => headers with { Id = id == "1 KB" ? new string('a', 1024) : id }, "400 9007");
    }

    [Theory]
    [InlineData("v1")]
    [InlineData("v1,")]
    [InlineData("v2,x")]
    [InlineData("1,000 entries")]
    [InlineData("another's")]
    public async Task A_wrong_signature_is_9003_though_the_body_is_rightly_signed(string signature)
    {
        await using var app = await StartAsync();
        signature = signature switch
        {
            "1,000 entries" => string.Join(' ', Enumerable.Repeat("v1,a", 1_000)),
            "another's" => new WebhookSignature("another key").Sign("id", _clock.GetUtcNow(), "{}"u8).Signature!,
            _ => signature,
        };
        await AssertRefusedAsync(app, headers => headers with { Signature = signature }, "400 9003");
    }

    [Fact]
    public async Task A_header_of_64_KB_is_more_than_the_web_server_takes()
    {
        await using var app = await StartAsync();
        using var content = SignedEvent.With(SignedEvent.Of("t", PacketType.Connect), new WebhookHeaders("id", "1", new string('v', 64 * 1024)));
        using var response = await app.Server.Client.PostAsync("/tunnel", content, TestContext.Current.CancellationToken);

        Assert.Equal(431, (int)response.StatusCode);
        Assert.Empty(app.Journal.All);
    }

    [Fact]
    public async Task The_right_headers_are_enough_and_the_wrong_mode_refuses()
    {
        await using var app = await StartAsync(TunnelSignatureMode.HmacOnly);

        Assert.Equal("400 9003", (await app.PostAsync("t", PacketType.Connect)).Code);
        Assert.Equal("400 9003", (await app.PostAsync(SignedEvent.Numbered("t", PacketType.Connect, 1, _clock.GetUtcNow(), mode: TunnelSignatureMode.Legacy))).Code);
        Assert.Empty(app.Journal.All);
        Assert.Equal("200 0", (await app.PostAsync(SignedEvent.Numbered("t", PacketType.Connect, 1, _clock.GetUtcNow()))).Code);
        Assert.Equal(["connect t nobody"], app.Journal.All);
    }

    [Fact]
    public async Task Legacy_looks_at_no_headers()
    {
        await using var app = await StartAsync(TunnelSignatureMode.Legacy);

        Assert.Equal("200 0", (await app.PostAsync(SignedEvent.With(SignedEvent.Of("t", PacketType.Connect), new WebhookHeaders("a.b", "x", "v1,x")))).Code);
    }

    [Theory]
    [InlineData("\"base64\"", "400 9002")]
    [InlineData("1", "400 9002")]
    [InlineData("null", "200 0")]
    [InlineData("\"json\"", "200 0")]
    public async Task The_only_encoding_is_json(string dataEncode, string expected)
    {
        await using var app = await StartAsync();
        const string Data = """{"tunnelId":"t","type":"connect"}""";
        var body = $$"""{"data":"{{Data.Replace("\"", "\\\"", StringComparison.Ordinal)}}","dataEncode":{{dataEncode}},"signature":"{{FakeTunnelServer.Sign(Data, SignedEvent.Key)}}"}""";

        Assert.Equal(expected, (await app.PostAsync(SignedEvent.Raw(System.Text.Encoding.UTF8.GetBytes(body)))).Code);
    }

    private Task<ChatApp> StartAsync(TunnelSignatureMode mode = TunnelSignatureMode.Both) =>
        ChatApp.StartAsync<RecordingHandler>(options => options.TunnelSignatureMode = mode, clock: _clock);

    /// <summary>Posts an event whose body is rightly signed, and whose headers are what a change makes of right ones.</summary>
    private async Task AssertRefusedAsync(ChatApp app, Func<WebhookHeaders, WebhookHeaders> change, string expected)
    {
        using var right = SignedEvent.Numbered("t", PacketType.Connect, 1, _clock.GetUtcNow());
        var headers = new WebhookHeaders(Header(right, WebhookHeaders.IdName), Header(right, WebhookHeaders.TimestampName), Header(right, WebhookHeaders.SignatureName));
        var body = await right.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);

        Assert.Equal(expected, (await app.PostAsync(SignedEvent.With(SignedEvent.Raw(body), change(headers)))).Code);
        Assert.Empty(app.Journal.All);
        Assert.Equal("200 0", (await app.PostAsync(SignedEvent.With(SignedEvent.Raw(body), headers))).Code);
        Assert.Equal(["connect t nobody"], app.Journal.All);
    }

    private static string Header(HttpContent content, string name) => Assert.Single(content.Headers.GetValues(name));
}
