using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Weapp.SessionServer.Tests.Support;
using Weapp.TestKit;

namespace Weapp.SessionServer.Tests;

/// <summary>Apps of several mini programs at one session server, in process and over HTTP.</summary>
public sealed class MiniProgramTests : IAsyncLifetime
{
    private const string First = "wx0000000000000001";
    private const string Second = "wx0000000000000002";

    private readonly TempFolder _folder = new();
    private TestServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await Apps.SessionServerAsync(_folder, configure: Configure);

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_app_knows_the_users_of_its_mini_program_and_no_others(bool embedded)
    {
        await using var first = await Apps.RemoteAsync(new Uri(_server.Address, "/mina_auth/"), configure: static options => options.AppId = First);
        await using var second = embedded ? await EmbeddedAsync() : await Apps.RemoteAsync(new Uri(_server.Address, "/mina_auth/"), configure: static options => options.AppId = Second);
        // An embedded server has a simulated WeChat of its own; the sessions of both are in one database.
        var weChat = embedded ? second : _server;

        var here = await LogInAsync(first, await Phone.AskWeChatAsync(_server, "三木", First));
        var there = await LogInAsync(second, await Phone.AskWeChatAsync(weChat, "三木", Second));

        Assert.Equal("三木", (await Phone.GetAsync(first, "/user", here)).Json.GetProperty("nickName").GetString());
        Assert.Equal("三木", (await Phone.GetAsync(second, "/user", there)).Json.GetProperty("nickName").GetString());
        Assert.Equal("ERR_INVALID_SESSION", (await Phone.GetAsync(first, "/user", there)).Error);
        Assert.Equal("ERR_INVALID_SESSION", (await Phone.GetAsync(second, "/user", here)).Error);
        // To end a session of somebody else's mini program is to end none.
        await Phone.PostAsync(second, "/logout", here);
        Assert.Equal(HttpStatusCode.OK, (await Phone.GetAsync(first, "/user", here)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await Phone.LoginAsync(second, await Phone.AskWeChatAsync(weChat, "双木", First))).Status);
    }

    [Fact]
    public async Task A_mini_program_that_the_session_server_does_not_know_is_the_servers_failure()
    {
        await using var app = await Apps.RemoteAsync(new Uri(_server.Address, "/mina_auth/"), configure: static options => options.AppId = "wxunknown");

        var login = await Phone.LoginAsync(app, await Phone.AskWeChatAsync(_server, "三木", First));

        Assert.Equal((HttpStatusCode.BadGateway, "ERR_LOGIN_FAILED"), (login.Status, login.Error));
        Assert.Contains(app.Logs.Lines, static line => line.Category == "Weapp.Login" && line.Text.Contains("1012", StringComparison.Ordinal));
    }

    private static void Configure(SessionServerOptions options)
    {
        options.AppId = First;
        options.Apps.Add(Second, "other-secret");
    }

    private static async Task<PhoneSession> LogInAsync(TestServer app, WeChatLogin login)
    {
        var session = (await Phone.LoginAsync(app, login)).Json.GetProperty("session");
        return new PhoneSession(session.GetProperty("id").GetString()!, session.GetProperty("skey").GetString()!);
    }

    private Task<TestServer> EmbeddedAsync() => TestServer.StartAsync(
        builder =>
        {
            builder.Services.AddSessionServer(options =>
            {
                options.ConnectionString = $"Data Source={_folder.File("sessions.db")}";
                options.WeChat.Mode = WeChatMode.Development;
                Configure(options);
            });
            builder.Services.AddWeapp(static options => options.AppId = Second);
            builder.Services.AddAuthentication().AddWeapp();
            builder.Services.AddAuthorization();
        },
        static app =>
        {
            app.MapDevelopmentWeChat();
            app.MapWeappLogin("/login");
            app.MapWeappLogout("/logout");
            app.MapGet("/user", static (UserInfo user) => user).RequireAuthorization();
        });
}
