using System.Net;
using System.Text.Json;
using Weapp.SessionServer.Tests.Support;
using Weapp.TestKit;

namespace Weapp.SessionServer.Tests;

/// <summary>The whole way of a login and a check, with the session server inside the app and elsewhere.</summary>
public sealed class LoginTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private readonly List<TestServer> _servers = [];

    public static TheoryData<bool> Places => [true, false];

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (var server in Enumerable.Reverse(_servers))
            await server.DisposeAsync();
        _folder.Dispose();
    }

    [Theory]
    [MemberData(nameof(Places))]
    public async Task A_phone_logs_in_and_is_known_from_then_on(bool embedded)
    {
        var (app, weChat) = await StartAsync(embedded);
        var session = await Phone.LogInAsync(app, weChat, "三木");

        var answer = await Phone.GetAsync(app, "/user", session);

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        var user = JsonSerializer.Deserialize<UserInfo>(answer.Text)!;
        Assert.Equal("三木", user.NickName);
        Assert.Equal(28, user.OpenId.Length);
        var claims = await Phone.GetAsync(app, "/claims", session);
        Assert.Equal($"http://schemas.xmlsoap.org/ws/2005/05/identity/claims/nameidentifier={user.OpenId};http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name=三木", claims.Text);
    }

    [Theory]
    [MemberData(nameof(Places))]
    public async Task One_answer_serves_both_generations_of_clients(bool embedded)
    {
        var (app, weChat) = await StartAsync(embedded);

        var answer = await Phone.LoginAsync(app, await Phone.AskWeChatAsync(weChat, "三木"));

        Assert.Equal(1, answer.Json.GetProperty("F2C224D4-2BCE-4C64-AF9F-A6D872000D1A").GetInt32());
        var (session, data) = (answer.Json.GetProperty("session"), answer.Json.GetProperty("data"));
        Assert.Equal(0, answer.Json.GetProperty("code").GetInt32());
        Assert.Equal(session.GetProperty("id").GetString(), data.GetProperty("id").GetString());
        Assert.Equal(session.GetProperty("skey").GetString(), data.GetProperty("skey").GetString());
        Assert.Equal("三木", data.GetProperty("userinfo").GetProperty("nickName").GetString());
        Assert.Contains("三木", answer.Text, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Places))]
    public async Task A_code_alone_logs_in_and_a_skey_alone_is_checked(bool embedded)
    {
        var (app, weChat) = await StartAsync(embedded);
        var code = (await Phone.AskWeChatAsync(weChat, "三木")).Code;

        var login = await Phone.GetAsync(app, "/login", ("X-WX-Code", code));
        var user = await Phone.GetAsync(app, "/user", ("X-WX-Skey", login.Json.GetProperty("session").GetProperty("skey").GetString()!));

        Assert.Equal(28, user.Json.GetProperty("openId").GetString()!.Length);
    }

    [Theory]
    [MemberData(nameof(Places))]
    public async Task A_login_works_with_POST_too(bool embedded)
    {
        var (app, weChat) = await StartAsync(embedded);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/login");
        request.Headers.Add("X-WX-Code", (await Phone.AskWeChatAsync(weChat, "三木")).Code);

        using var response = await app.Client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.True(response.Headers.CacheControl!.NoStore);
    }

    [Theory]
    [MemberData(nameof(Places))]
    public async Task A_code_that_was_used_is_refused(bool embedded)
    {
        var (app, weChat) = await StartAsync(embedded);
        var login = await Phone.AskWeChatAsync(weChat, "三木");
        await Phone.LoginAsync(app, login);

        var answer = await Phone.LoginAsync(app, login);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.Status);
        Assert.Equal("""{"F2C224D4-2BCE-4C64-AF9F-A6D872000D1A":1,"error":"ERR_LOGIN_FAILED","message":"The login was refused","code":401}""", answer.Text);
    }

    [Theory]
    [MemberData(nameof(Places))]
    public async Task An_unknown_session_makes_the_phone_log_in_again(bool embedded)
    {
        var (app, weChat) = await StartAsync(embedded);
        var session = await Phone.LogInAsync(app, weChat, "三木");

        var unknown = await Phone.GetAsync(app, "/user", new PhoneSession("unknown", "wrong"));
        var wrong = await Phone.GetAsync(app, "/user", session with { Skey = "wrong" });

        Assert.Equal(HttpStatusCode.Unauthorized, unknown.Status);
        Assert.Equal("""{"F2C224D4-2BCE-4C64-AF9F-A6D872000D1A":1,"error":"ERR_INVALID_SESSION","message":"The session is not valid","code":-1}""", unknown.Text);
        Assert.Equal(unknown, wrong);
    }

    [Fact]
    public async Task An_endpoint_that_takes_a_user_and_lets_nobody_in_says_what_to_call()
    {
        var (app, weChat) = await StartAsync(embedded: true);
        app.ExpectError(static line => line.Text.Contains("Call RequireAuthorization()", StringComparison.Ordinal));
        var session = await Phone.LogInAsync(app, weChat, "三木");

        Assert.Equal("三木", (await Phone.GetAsync(app, "/anyone", session)).Text);
        Assert.Equal(HttpStatusCode.InternalServerError, (await Phone.GetAsync(app, "/anyone")).Status);

        await app.Logs.WaitForAsync(static line => line.Text.Contains("Call RequireAuthorization()", StringComparison.Ordinal), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_login_that_the_app_stops_gives_no_session()
    {
        var (app, weChat) = await StartAsync(embedded: true);
        app.ExpectError(static line => line.Text.Contains("blocked", StringComparison.Ordinal));

        var blocked = await Phone.GetAsync(app, "/blocked", ("X-WX-Code", (await Phone.AskWeChatAsync(weChat, "双木")).Code));
        Assert.Equal(HttpStatusCode.OK, blocked.Status);
        var login = await Phone.AskWeChatAsync(weChat, "三木");
        var stopped = await Phone.GetAsync(app, "/blocked", ("X-WX-Code", login.Code), ("X-WX-Encrypted-Data", login.EncryptedData), ("X-WX-IV", login.Iv));

        Assert.Equal(HttpStatusCode.InternalServerError, stopped.Status);
        Assert.Equal("", stopped.Text);
    }

    [Fact]
    public async Task The_login_service_answers_a_login_and_leaves_a_good_check_to_the_app()
    {
        var (app, weChat) = await StartAsync(embedded: true);
        var login = await Phone.AskWeChatAsync(weChat, "三木");

        var answer = await Phone.GetAsync(app, "/service/login", ("X-WX-Code", login.Code), ("X-WX-Encrypted-Data", login.EncryptedData), ("X-WX-IV", login.Iv));
        var session = answer.Json.GetProperty("session").Deserialize<PhoneSession>(JsonSerializerOptions.Web)!;
        var check = await Phone.GetAsync(app, "/service/check", session);

        Assert.Equal("", check.Text);
        Assert.Equal(["returned 三木, answer written: True", "returned 三木, answer written: False"], Seen(app));
    }

    [Fact]
    public async Task The_login_service_throws_when_the_failure_is_answered()
    {
        var (app, _) = await StartAsync(embedded: true);

        var login = await Phone.GetAsync(app, "/service/login");
        var check = await Phone.GetAsync(app, "/service/check", new PhoneSession("unknown", "wrong"));

        Assert.Equal(HttpStatusCode.BadRequest, login.Status);
        Assert.Equal("ERR_INVALID_REQUEST", login.Error);
        Assert.Equal("ERR_INVALID_SESSION", check.Error);
        Assert.Equal(["threw ERR_INVALID_REQUEST, answer written: True", "threw ERR_INVALID_SESSION, answer written: True"], Seen(app));
    }

    private static IEnumerable<string> Seen(TestServer app) => app.Logs.Lines.Where(static line => line.Category == "Test").Select(static line => line.Text);

    private async Task<(TestServer App, TestServer WeChat)> StartAsync(bool embedded)
    {
        if (embedded)
        {
            var app = await KeepAsync(Apps.EmbeddedAsync(_folder));
            return (app, app);
        }

        var server = await KeepAsync(Apps.SessionServerAsync(_folder));
        return (await KeepAsync(Apps.RemoteAsync(new Uri(server.Address, "/mina_auth/"))), server);
    }

    private async Task<TestServer> KeepAsync(Task<TestServer> starting)
    {
        var server = await starting;
        _servers.Add(server);
        return server;
    }
}
