using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Weapp.Protocol.Signatures;
using Weapp.TunnelServer.Tests.Support;

namespace Weapp.TunnelServer.Tests;

/// <summary>Calls of apps that are signed in headers, and the key that some send along.</summary>
public sealed class SignedCallTests
{
    private readonly TestClock _clock = new();

    [Theory]
    [InlineData(TunnelSignatureMode.Legacy, "200 0", "200 0", "200 0")]
    [InlineData(TunnelSignatureMode.Both, "200 0", "400 9003", "200 0")]
    [InlineData(TunnelSignatureMode.HmacOnly, "400 9003", "400 9003", "200 0")]
    public async Task A_mode_accepts_what_it_says(TunnelSignatureMode mode, string without, string wrong, string right)
    {
        await using var gateway = await StartAsync(mode);
        var body = SignedCall.Push(["x"], "{}");

        Assert.Equal(without, await PostAsync(gateway, body, default));
        Assert.Equal(wrong, await PostAsync(gateway, body, new WebhookSignature("another key").Sign("call-1", _clock.GetUtcNow(), Encoding.UTF8.GetBytes(body))));
        Assert.Equal(wrong, await PostAsync(gateway, body, Headers(body) with { Signature = "v1," }));
        Assert.Equal(right, await PostAsync(gateway, body, Headers(body)));
    }

    [Theory]
    [InlineData(-300, "200 0")]
    [InlineData(300, "200 0")]
    [InlineData(-301, "400 9007")]
    [InlineData(301, "400 9007")]
    public async Task A_call_may_be_five_minutes_away(int seconds, string expected)
    {
        await using var gateway = await StartAsync();
        var body = SignedCall.Push(["x"], "{}");

        Assert.Equal(expected, await PostAsync(gateway, body, new WebhookSignature(SignedCall.Key).Sign("call-1", _clock.GetUtcNow().AddSeconds(seconds), Encoding.UTF8.GetBytes(body))));
    }

    [Fact]
    public async Task The_answer_tells_whether_the_calls_id_is_known()
    {
        await using var gateway = await StartAsync();
        var body = SignedCall.Push(["x"], "{}");
        using var signed = await SendAsync(gateway, body, Headers(body));
        using var plain = await SendAsync(gateway, body, default);
        using var stripped = await SendAsync(gateway, body, Headers(body) with { Signature = null });

        Assert.Equal(["call-1"], signed.Headers.GetValues(WebhookHeaders.IdName));
        Assert.False(plain.Headers.Contains(WebhookHeaders.IdName));
        Assert.False(stripped.Headers.Contains(WebhookHeaders.IdName));
    }

    [Fact]
    public async Task A_call_with_the_same_id_is_not_sent_to_phones_again_and_gets_the_same_answer()
    {
        await using var gateway = await StartAsync();
        using var counts = new MeterCounts(gateway.Server);
        var (phone, id) = await gateway.ConnectAsync();
        var body = SignedCall.Push([id, "gone"], """{"type":"a"}""");

        // What is remembered is sorted by tens of minutes, and one of them ends meanwhile. No event is on its way, or it would be late.
        await counts.UntilAsync("weapp.tunnel_server.events{type=connect,outcome=accepted}", 1, TestContext.Current.CancellationToken);
        _clock.Advance(TimeSpan.FromMinutes(8));
        for (var minutes = 0; minutes <= 5; minutes++)
        {
            using var response = await SendAsync(gateway, body, Headers(body));
            Assert.Equal("""{"code":0,"message":"OK","data":{"invalidTunnelIds":["gone"]}}""", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
            _clock.Advance(TimeSpan.FromMinutes(1));
        }

        // Another call of the same bytes, and two without an id.
        Assert.Equal("200 0", await PostAsync(gateway, body, Headers(body, "call-2")));
        for (var i = 0; i < 2; i++)
            Assert.Equal("200 0", await PostAsync(gateway, body, default));
        await phone.SendAsync("ping");
        Assert.Equal(
            ["""message:{"type":"a"}""", """message:{"type":"a"}""", """message:{"type":"a"}""", """message:{"type":"a"}""", "pong"],
            [await phone.ReadTextAsync(), await phone.ReadTextAsync(), await phone.ReadTextAsync(), await phone.ReadTextAsync(), await phone.ReadTextAsync()]);
    }

    [Fact]
    public async Task A_call_of_another_app_with_the_same_id_is_another_call()
    {
        const string AnotherKey = "another key, which is long enough for an app";
        await using var gateway = await HttpGateway.StartAsync(
            static options =>
            {
                options.SignatureKey = null;
                options.Clients["a.example.com"] = SignedCall.Key;
                options.Clients["b.example.com"] = AnotherKey;
            },
            _clock);
        var (phone, id) = await gateway.ConnectAsync(serverHost: "a.example.com");
        var foreign = SignedCall.Push([id], "{}", key: AnotherKey, serverHost: "b.example.com");
        var own = SignedCall.Push([id], "{}", serverHost: "a.example.com");

        Assert.Equal("200 0", await PostAsync(gateway, foreign, new WebhookSignature(AnotherKey).Sign("call-1", _clock.GetUtcNow(), Encoding.UTF8.GetBytes(foreign))));
        Assert.Equal("200 0", await PostAsync(gateway, own, Headers(own)));
        Assert.Equal("message:{}", await phone.ReadTextAsync());
    }

    [Theory]
    [InlineData(null, "200 0")]
    [InlineData("", "200 0")]
    [InlineData(SignedCall.Key, "200 0")]
    [InlineData("another key", "400 9003")]
    [InlineData("9f338d1f0ecc37d25ac7b161c1d7bf7", "400 9003")]
    public async Task A_key_that_is_sent_along_has_to_be_the_configured_one(string? tcKey, string expected)
    {
        await using var gateway = await StartAsync();
        var call = JsonNode.Parse(SignedCall.WsUrl(gateway.ReceiveUrl))!.AsObject();
        call.Remove("tcKey");
        if (tcKey is not null)
            call["tcKey"] = tcKey;

        Assert.Equal(expected, await PostAsync(gateway, call.ToJsonString(), default, "/get/wsurl"));
    }

    [Fact]
    public async Task Events_are_signed_over_their_raw_bytes_at_the_time_of_their_attempt()
    {
        await using var gateway = await StartAsync();
        var calls = new List<(WebhookHeaders Headers, byte[] Body)>();
        gateway.Intercept = async context =>
        {
            context.Request.EnableBuffering();
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body, context.RequestAborted);
            context.Request.Body.Position = 0;
            calls.Add((WebhookHeaders.Read(context.Request.Headers, static (headers, name) => headers[name]), body.ToArray()));
            return false;
        };
        var (phone, id) = await gateway.ConnectAsync();
        _clock.Advance(TimeSpan.FromSeconds(1));
        await phone.SendMessageAsync("""{"type":"你好 \"😀\""}""");
        await gateway.App.NextAsync();

        Assert.Equal([$"{id}-1", $"{id}-2"], calls.Select(static call => call.Headers.Id));
        Assert.Equal(["0", "1"], calls.Select(call => (long.Parse(call.Headers.Timestamp!, CultureInfo.InvariantCulture) - _clock.Start.ToUnixTimeSeconds()).ToString(CultureInfo.InvariantCulture)));
        Assert.All(calls, call => Assert.Null(new WebhookSignature(SignedCall.Key).Check(call.Headers, _clock.GetUtcNow(), call.Body)));
    }

    [Fact]
    public async Task Legacy_events_have_no_headers()
    {
        await using var gateway = await StartAsync(TunnelSignatureMode.Legacy);
        var hasHeaders = false;
        gateway.Intercept = context =>
        {
            hasHeaders |= context.Request.Headers.Keys.Any(static name => name.StartsWith("webhook-", StringComparison.OrdinalIgnoreCase));
            return Task.FromResult(false);
        };
        await gateway.ConnectAsync();

        Assert.False(hasHeaders);
    }

    private Task<HttpGateway> StartAsync(TunnelSignatureMode mode = TunnelSignatureMode.Both) => HttpGateway.StartAsync(
        options =>
        {
            options.SignatureMode = mode;
            options.IdleTimeout = TimeSpan.FromHours(24);
        },
        _clock);

    private WebhookHeaders Headers(string body, string id = "call-1") => new WebhookSignature(SignedCall.Key).Sign(id, _clock.GetUtcNow(), Encoding.UTF8.GetBytes(body));

    private static async Task<string> PostAsync(HttpGateway gateway, string body, WebhookHeaders headers, string path = "/ws/push")
    {
        using var response = await SendAsync(gateway, body, headers, path);
        var code = JsonElement.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).GetProperty("code").GetInt32();
        return string.Create(CultureInfo.InvariantCulture, $"{(int)response.StatusCode} {code}");
    }

    private static async Task<HttpResponseMessage> SendAsync(HttpGateway gateway, string body, WebhookHeaders headers, string path = "/ws/push")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue("application/json")) };
        foreach (var (name, value) in (ReadOnlySpan<(string, string?)>)
            [(WebhookHeaders.IdName, headers.Id), (WebhookHeaders.TimestampName, headers.Timestamp), (WebhookHeaders.SignatureName, headers.Signature)])
        {
            if (value is not null)
                request.Headers.TryAddWithoutValidation(name, value);
        }

        return await gateway.Server.Client.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
