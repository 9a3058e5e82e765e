using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;
using Weapp.SessionServer.Tests.Support;

namespace Weapp.SessionServer.Tests;

/// <summary>What a phone is told when the session server refuses, fails or answers nonsense.</summary>
public sealed class LoginFailureTests
{
    [Theory]
    [InlineData(60011, 401, "ERR_INVALID_SESSION")]
    [InlineData(60012, 401, "ERR_INVALID_SESSION")]
    [InlineData(1001, 502, "ERR_CHECK_LOGIN_FAILED")]
    [InlineData(1003, 502, "ERR_CHECK_LOGIN_FAILED")]
    [InlineData(1012, 502, "ERR_CHECK_LOGIN_FAILED")]
    [InlineData(40029, 502, "ERR_CHECK_LOGIN_FAILED")]
    [InlineData(60021, 502, "ERR_CHECK_LOGIN_FAILED")]
    [InlineData(-1, 502, "ERR_CHECK_LOGIN_FAILED")]
    [InlineData(12345, 502, "ERR_CHECK_LOGIN_FAILED")]
    public async Task Only_two_codes_make_a_phone_log_in_again(int code, int status, string error)
    {
        await using var peer = await FakePeer.StartAsync($$"""{"returnCode":{{code}},"returnMessage":"X","returnData":""}""");

        var answer = await CheckAsync(peer.Address);

        Assert.Equal(status, (int)answer.Status);
        Assert.Equal(error, answer.Error);
        Assert.Equal(error == "ERR_INVALID_SESSION", answer.Json.GetProperty("code").GetInt32() == -1);
        Assert.DoesNotContain(code.ToString(System.Globalization.CultureInfo.InvariantCulture), code == -1 ? "" : answer.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(40029, 401)]
    [InlineData(60021, 401)]
    [InlineData(1003, 401)]
    [InlineData(1001, 502)]
    [InlineData(1005, 502)]
    [InlineData(1006, 502)]
    [InlineData(1007, 502)]
    [InlineData(1012, 502)]
    [InlineData(60012, 502)]
    [InlineData(7, 502)]
    public async Task A_refused_login_is_told_from_a_failed_one(int code, int status)
    {
        await using var peer = await FakePeer.StartAsync($$"""{"returnCode":{{code}},"returnMessage":"X","returnData":""}""");
        await using var app = await Apps.RemoteAsync(peer.Address);

        var answer = await Phone.GetAsync(app, "/login", ("X-WX-Code", "c"));

        Assert.Equal(status, (int)answer.Status);
        Assert.Equal("ERR_LOGIN_FAILED", answer.Error);
    }

    [Theory]
    [InlineData("<html>", 200, "text/html")]
    [InlineData("<html>", 502, "text/html")]
    [InlineData("""{"returnCode":0,"returnData":{"user_info":{"openId":"o"}}}""", 500, "application/json")]
    [InlineData("", 200, "application/json")]
    [InlineData("null", 200, "application/json")]
    [InlineData("""{"returnData":{"user_info":{"openId":"o"}}}""", 200, "application/json")]
    [InlineData("""{"returnCode":0,"returnData":""}""", 200, "application/json")]
    public async Task Nonsense_is_the_servers_failure_and_not_the_phones(string body, int status, string contentType)
    {
        await using var peer = await FakePeer.StartAsync(body, status, contentType);

        var answer = await CheckAsync(peer.Address);

        Assert.Equal(HttpStatusCode.BadGateway, answer.Status);
        Assert.Equal("""{"F2C224D4-2BCE-4C64-AF9F-A6D872000D1A":1,"error":"ERR_CHECK_LOGIN_FAILED","message":"The session server failed","code":502}""", answer.Text);
    }

    [Fact]
    public async Task An_answer_that_is_too_long_is_cut()
    {
        await using var peer = await FakePeer.StartAsync("""{"returnCode":0,"returnData":{"user_info":{"openId":"o"}}}""" + new string(' ', 256 * 1024));

        Assert.Equal(HttpStatusCode.BadGateway, (await CheckAsync(peer.Address)).Status);
    }

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        await using var elsewhere = await FakePeer.StartAsync("""{"returnCode":0,"returnData":{"user_info":{"openId":"o"}}}""");
        await using var peer = await FakePeer.StartAsync(context =>
        {
            context.Response.StatusCode = StatusCodes.Status308PermanentRedirect;
            context.Response.Headers.Location = elsewhere.Address.ToString();
            return Task.CompletedTask;
        });

        Assert.Equal(HttpStatusCode.BadGateway, (await CheckAsync(peer.Address)).Status);
        Assert.Empty(elsewhere.Requests);
    }

    [Fact]
    public async Task A_server_that_is_gone_or_breaks_off_is_the_servers_failure()
    {
        var peer = await FakePeer.StartAsync(async context =>
        {
            context.Response.ContentLength = 1000;
            await context.Response.WriteAsync("""{"returnCode":0,"returnData":{"user_info":{"openId":"o"}}}""");
            await context.Response.Body.FlushAsync();
            context.Abort();
        });
        var address = peer.Address;
        await using (peer)
            Assert.Equal(HttpStatusCode.BadGateway, (await CheckAsync(address)).Status);

        Assert.Equal(HttpStatusCode.BadGateway, (await CheckAsync(address)).Status);
    }

    [Fact]
    public async Task A_host_that_takes_no_connection_is_given_up_long_before_a_slow_answer()
    {
        using var host = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        host.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        host.Listen(0);
        // Nobody accepts, and what may wait for that is soon full: further connections are left without an answer.
        var waiting = Enumerable.Range(0, 4).Select(static _ => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false }).ToList();
        foreach (var socket in waiting)
            Assert.Throws<SocketException>(() => socket.Connect(host.LocalEndPoint!));
        await using var app = await Apps.RemoteAsync(new Uri($"http://{host.LocalEndPoint}/"), configure: static options => options.NetworkTimeout = TimeSpan.FromMinutes(10));

        var answer = await Phone.GetAsync(app, "/user", ("X-WX-Skey", "s"));

        Assert.Equal((HttpStatusCode.BadGateway, "ERR_CHECK_LOGIN_FAILED"), (answer.Status, answer.Error));
        waiting.ForEach(static socket => socket.Dispose());
    }

    [Fact]
    public async Task The_time_limit_covers_the_body()
    {
        var time = new FakeTimeProvider();
        await using var peer = await FakePeer.StartAsync(context => FakePeer.HangAsync(context, () => time.Advance(TimeSpan.FromSeconds(3))));
        await using var app = await Apps.RemoteAsync(peer.Address, time, static options => options.NetworkTimeout = TimeSpan.FromSeconds(3));

        var check = await Phone.GetAsync(app, "/user", ("X-WX-Skey", "s"));
        var login = await Phone.GetAsync(app, "/login", ("X-WX-Code", "c"));

        Assert.Equal(HttpStatusCode.GatewayTimeout, check.Status);
        Assert.Equal("ERR_CHECK_LOGIN_FAILED", check.Error);
        Assert.Equal(HttpStatusCode.GatewayTimeout, login.Status);
        Assert.Equal("ERR_LOGIN_FAILED", login.Error);
    }

    private static async Task<PhoneAnswer> CheckAsync(Uri sessionServer)
    {
        await using var app = await Apps.RemoteAsync(sessionServer);
        app.Secret("the-id", "the-skey");
        return await Phone.GetAsync(app, "/user", ("X-WX-Id", "the-id"), ("X-WX-Skey", "the-skey"));
    }
}
