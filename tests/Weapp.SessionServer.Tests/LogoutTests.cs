using System.Net;
using Weapp.SessionServer.Tests.Support;

namespace Weapp.SessionServer.Tests;

/// <summary>A user leaves on one device, and on that one alone.</summary>
public sealed class LogoutTests : IDisposable
{
    private const string Ok = """{"code":0,"message":"ok"}""";

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("/logout", Ok)]
    [InlineData("/service/logout", "left")]
    public async Task Who_logs_out_is_nobody_from_then_on(string path, string answer)
    {
        await using var server = await Apps.SessionServerAsync(_folder);
        await using var app = await Apps.RemoteAsync(new Uri(server.Address, "/mina_auth/"));
        var session = await Phone.LogInAsync(app, server, "三木");

        var logout = await Phone.PostAsync(app, path, session);
        var check = await Phone.GetAsync(app, "/user", session);
        var again = await Phone.PostAsync(app, path, session);

        Assert.Equal((HttpStatusCode.OK, answer), (logout.Status, logout.Text));
        Assert.Equal("ERR_INVALID_SESSION", check.Error);
        // Nothing is left to do for it, and an invalid session would make the client log in.
        Assert.Equal(logout, again);
    }

    [Fact]
    public async Task A_logout_with_the_skey_alone_ends_the_session_in_the_app_too()
    {
        await using var app = await Apps.EmbeddedAsync(_folder);
        var session = await Phone.LogInAsync(app, app, "三木");

        Assert.Equal(Ok, (await Phone.SendAsync(app, HttpMethod.Post, "/logout", ("X-WX-Skey", session.Skey))).Text);

        Assert.Equal("ERR_INVALID_SESSION", (await Phone.GetAsync(app, "/user", session)).Error);
    }

    [Fact]
    public async Task A_logout_with_another_id_ends_nothing()
    {
        await using var app = await Apps.EmbeddedAsync(_folder);
        var session = await Phone.LogInAsync(app, app, "三木");

        await Phone.PostAsync(app, "/logout", session with { Id = "another" });

        Assert.Equal(HttpStatusCode.OK, (await Phone.GetAsync(app, "/user", session)).Status);
    }

    [Theory]
    [InlineData("/logout")]
    [InlineData("/service/logout")]
    public async Task A_logout_without_a_session_says_what_is_missing(string path)
    {
        await using var app = await Apps.EmbeddedAsync(_folder);

        var missing = await Phone.SendAsync(app, HttpMethod.Post, path);
        var malformed = await Phone.SendAsync(app, HttpMethod.Post, path, ("X-WX-Skey", "a,b"));

        Assert.Equal(
            (HttpStatusCode.BadRequest, """{"F2C224D4-2BCE-4C64-AF9F-A6D872000D1A":1,"error":"ERR_INVALID_REQUEST","message":"X-WX-Skey is missing","code":400}"""),
            (missing.Status, missing.Text));
        Assert.Equal((HttpStatusCode.BadRequest, "ERR_INVALID_REQUEST"), (malformed.Status, malformed.Error));
    }

    [Theory]
    [InlineData(1010, "The session server cannot end sessions")]
    [InlineData(1001, "The session server failed")]
    public async Task A_session_that_could_not_be_ended_is_reported(int code, string message)
    {
        await using var peer = await FakePeer.StartAsync($$"""{"returnCode":{{code}},"returnMessage":"X","returnData":""}""");
        await using var app = await Apps.RemoteAsync(peer.Address);

        var answer = await Phone.PostAsync(app, "/logout", new PhoneSession("i", "s"));

        Assert.Equal((HttpStatusCode.BadGateway, "ERR_LOGOUT_FAILED"), (answer.Status, answer.Error));
        Assert.Equal(message, answer.Json.GetProperty("message").GetString());
        Assert.Equal(
            """/{"version":1,"componentName":"MA","interface":{"interfaceName":"weapp.logout","para":{"id":"i","skey":"s"}}}""",
            peer.Requests.Last());
    }

    [Fact]
    public async Task A_session_server_that_does_not_answer_in_time_is_told_from_one_that_fails()
    {
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        await using var peer = await FakePeer.StartAsync(context => FakePeer.HangAsync(context, () => time.Advance(TimeSpan.FromSeconds(3))));
        await using var app = await Apps.RemoteAsync(peer.Address, time, static options => options.NetworkTimeout = TimeSpan.FromSeconds(3));

        var answer = await Phone.PostAsync(app, "/logout", new PhoneSession("i", "s"));

        Assert.Equal((HttpStatusCode.GatewayTimeout, "ERR_LOGOUT_FAILED"), (answer.Status, answer.Error));
    }
}
