using System.Net;
using System.Net.WebSockets;
using System.Text;
using Weapp.Protocol.Packets;
using Weapp.Runtime.Tests.Support;

namespace Weapp.Runtime.Tests;

/// <summary>Asking for a tunnel where the tunnel server is in the same process.</summary>
public sealed class EmbeddedGetTests
{
    [Fact]
    public async Task A_phone_gets_a_tunnel_on_the_host_that_it_asked()
    {
        await using var app = await ChatApp.StartAsync<RecordingHandler>();

        var answer = await app.GetAsync(host: "app.example.com:8443");

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        var url = answer.Json.GetProperty("url").GetString()!;
        var tunnelId = answer.Json.GetProperty("data").GetProperty("tunnelId").GetString();
        Assert.StartsWith($"ws://app.example.com:8443/ws/{tunnelId}?ticket=", url, StringComparison.Ordinal);
        Assert.Equal($$$"""{"url":"{{{url}}}","code":0,"data":{"tunnelId":"{{{tunnelId}}}","connectUrl":"{{{url}}}"}}""", answer.Text);
        Assert.Equal([$"request {tunnelId} nobody"], app.Journal.All);
        app.Server.Secret(url, url[(url.IndexOf('=', StringComparison.Ordinal) + 1)..]);
    }

    [Theory]
    [InlineData("https://www.example.com")]
    [InlineData("https://www.example.com/")]
    public async Task A_public_URL_goes_before_the_requests_host(string publicUrl)
    {
        await using var app = await ChatApp.StartAsync<RecordingHandler>(options => options.PublicUrl = publicUrl);

        var url = (await app.GetAsync(host: "evil.example.net")).Json.GetProperty("url").GetString();

        Assert.StartsWith("wss://www.example.com/ws/", url, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_cache_keeps_a_tunnel()
    {
        await using var app = await ChatApp.StartAsync<RecordingHandler>();
        using var response = await app.Server.Client.GetAsync(new Uri("/tunnel", UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.True(response.Headers.CacheControl?.NoStore);
        Assert.Equal("application/json; charset=utf-8", response.Content.Headers.ContentType?.ToString());
    }

    [Fact]
    public async Task The_request_method_ends_before_the_answer()
    {
        await using var app = await ChatApp.StartAsync<GatedHandler>(clock: new TestClock());

        var answer = app.GetAsync();
        var entry = await app.Journal.NextAsync();
        Assert.False(answer.IsCompleted);
        app.Journal.Open("request");

        Assert.Equal(entry, $"request {(await answer).Json.GetProperty("data").GetProperty("tunnelId").GetString()}");
    }

    [Fact]
    public async Task Without_a_login_check_nobody_has_a_user()
    {
        await using var app = await ChatApp.StartAsync<RecordingHandler>();

        await app.GetAsync(openId: "o-1");

        Assert.EndsWith(" nobody", Assert.Single(app.Journal.All), StringComparison.Ordinal);
        Assert.Empty(await app.Server.Service<ITunnelDirectory>().TunnelsOfAsync("o-1", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task With_a_login_check_the_handler_has_the_user_and_others_get_nothing()
    {
        await using var app = await ChatApp.StartAsync<RecordingHandler>(endpoint: static options => options.CheckLogin = true);

        var refused = await app.GetAsync();
        Assert.False(refused.Json.TryGetProperty("url", out _));
        Assert.Empty(app.Journal.All);
        await app.GetAsync(openId: "o-1");

        Assert.EndsWith(" o-1", Assert.Single(app.Journal.All), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_method_that_throws_refuses_the_tunnel_and_leaves_nothing_behind()
    {
        await using var app = await ChatApp.StartAsync<RefusingHandler>(endpoint: static options => options.CheckLogin = true);
        app.Server.ExpectError(static line => line.EventId == 3);

        var answer = await app.GetAsync(openId: "o-1");

        Assert.Equal(HttpStatusCode.InternalServerError, answer.Status);
        Assert.Equal("""{"error":"The app refused the tunnel."}""", answer.Text);
        Assert.Contains("Nobody comes in here.", Assert.Single(app.Server.Logs.Lines, static line => line.EventId == 3).Text, StringComparison.Ordinal);
        Assert.StartsWith("request ", Assert.Single(app.Journal.All), StringComparison.Ordinal);
        Assert.Empty(await app.Server.Service<ITunnelDirectory>().TunnelsOfAsync("o-1", TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("GET /tunnel HTTP/1.0")]
    [InlineData("GET /tunnel HTTP/1.1\r\nHost: \r\nConnection: close")]
    public async Task A_request_without_a_host_gets_an_answer_without_a_tunnel(string head)
    {
        await using var app = await ChatApp.StartAsync<RecordingHandler>();

        var answer = await RawHttp.SendAsync(app.Server, head, default);

        Assert.StartsWith("HTTP/1.1 400", answer, StringComparison.Ordinal);
        Assert.Contains("{\"error\":", answer, StringComparison.Ordinal);
        Assert.Empty(app.Journal.All);
    }

    [Fact]
    public async Task Events_of_an_embedded_tunnel_reach_the_handler_without_signatures()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var app = await ChatApp.StartAsync<RecordingHandler>(
            static options => options.TunnelSignatureKey = null, static options => options.CheckLogin = true);
        var answer = await app.GetAsync(openId: "o-1");
        var tunnelId = answer.Json.GetProperty("data").GetProperty("tunnelId").GetString()!;
        Assert.Equal($"request {tunnelId} o-1", await app.Journal.NextAsync());

        using var phone = new ClientWebSocket();
        await phone.ConnectAsync(new Uri(answer.Json.GetProperty("url").GetString()!), cancellationToken);
        Assert.Equal($"connect {tunnelId} o-1", await app.Journal.NextAsync());
        await phone.SendAsync(Encoding.UTF8.GetBytes("""message:{"type":"speak","content":{"word":1}}"""), WebSocketMessageType.Text, true, cancellationToken);
        Assert.Equal($$"""message {{tunnelId}} speak {"word":1}""", await app.Journal.NextAsync());
        Assert.False((await app.Server.Service<ITunnels>().EmitAsync(tunnelId, "echo", 7, cancellationToken)).HasInvalidTunnelIds);
        Assert.Equal("timeout:15", await ReadAsync(phone));
        Assert.Equal("""message:{"type":"echo","content":7}""", await ReadAsync(phone));
        await phone.CloseAsync(WebSocketCloseStatus.NormalClosure, null, cancellationToken);
        Assert.Equal($"close {tunnelId} o-1", await app.Journal.NextAsync());
        Assert.Equal("400 9003", (await app.PostAsync(tunnelId, PacketType.Connect)).Code);
    }

    private static async Task<string> ReadAsync(ClientWebSocket phone)
    {
        var buffer = new byte[1024];
        var result = await phone.ReceiveAsync(buffer, TestContext.Current.CancellationToken).WaitAsync(Limits.Deadline, TestContext.Current.CancellationToken);
        return Encoding.UTF8.GetString(buffer, 0, result.Count);
    }
}
