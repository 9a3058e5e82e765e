using System.Net;
using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;
using Weapp.SessionServer.Tests.Support;
using Weapp.TestKit;

namespace Weapp.SessionServer.Tests;

/// <summary>How an endpoint learns who is calling: always from the session, never from what the client claims.</summary>
public sealed class CurrentUserTests : IAsyncLifetime
{
    private readonly PhoneSession _session = new("i", "s");
    private FakePeer _sessionServer = null!;
    private TestServer _app = null!;

    public async ValueTask InitializeAsync()
    {
        _sessionServer = await FakePeer.StartAsync("""{"returnCode":0,"returnData":{"user_info":{"openId":"o","nickName":"三木"}}}""");
        _app = await StartAsync(static builder => builder.Services.AddAuthentication().AddWeapp());
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await _sessionServer.DisposeAsync();
    }

    [Theory]
    [InlineData("/maybe")]
    [InlineData("/user/plain/maybe")]
    [InlineData("/user/api/maybe")]
    public async Task An_optional_user_is_null_where_nobody_is_logged_in(string path)
    {
        Assert.Equal("三木", (await Phone.GetAsync(_app, path, _session)).Text);
        Assert.Equal("nobody", (await Phone.GetAsync(_app, path)).Text);
        Assert.Equal("nobody", (await Phone.GetAsync(_app, path, ("X-WX-Skey", "a,b"))).Text);
    }

    [Theory]
    [InlineData("/user/plain/required")]
    [InlineData("/user/api/required")]
    [InlineData("/admin")]
    public async Task An_authorized_endpoint_gets_the_user_and_challenges_everybody_else(string path)
    {
        Assert.Equal("三木", (await Phone.GetAsync(_app, path, _session)).Text);

        var challenge = await Phone.GetAsync(_app, path);
        Assert.Equal((HttpStatusCode.Unauthorized, "ERR_INVALID_REQUEST"), (challenge.Status, challenge.Error));
    }

    [Theory]
    [InlineData("/user/plain/required")]
    [InlineData("/user/plain/maybe")]
    [InlineData("/user/api/required")]
    [InlineData("/user/api/maybe")]
    [InlineData("/maybe")]
    public async Task Nobody_can_say_who_they_are(string path)
    {
        const string Claim = "?user.nickName=四木&nickName=四木&user=四木&openId=x&user.openId=x";

        Assert.Equal("三木", (await Phone.GetAsync(_app, path + Claim, _session)).Text);
        var nobody = await Phone.GetAsync(_app, path + Claim);
        Assert.DoesNotContain("四木", nobody.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_policy_may_ask_for_more_than_a_login()
    {
        var refused = await Phone.GetAsync(_app, "/others", _session);

        Assert.Equal((HttpStatusCode.Forbidden, ""), (refused.Status, refused.Text));
    }

    [Theory]
    [InlineData("/open")]
    [InlineData("/both")]
    [InlineData("/user/plain/open")]
    public async Task A_required_user_of_nobody_says_what_to_do(string path)
    {
        const string Message = "Call RequireAuthorization()";
        _app.ExpectError(line => line.Text.Contains(Message, StringComparison.Ordinal));

        Assert.Equal(HttpStatusCode.InternalServerError, (await Phone.GetAsync(_app, path)).Status);

        await _app.Logs.WaitForAsync(line => line.Text.Contains(Message, StringComparison.Ordinal), TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData("/maybe")]
    [InlineData("/open")]
    [InlineData("/user/plain/maybe")]
    [InlineData("/user/plain/open")]
    public async Task A_user_whom_nothing_looked_for_is_not_nobody(string path)
    {
        const string Message = "Make Weapp the default scheme";
        await using var app = await StartAsync(static builder => builder.Services.AddAuthentication("Cookies").AddCookie().AddWeapp());
        app.ExpectError(line => line.Text.Contains(Message, StringComparison.Ordinal));

        Assert.Equal(HttpStatusCode.InternalServerError, (await Phone.GetAsync(app, path, _session)).Status);

        await app.Logs.WaitForAsync(line => line.Text.Contains(Message, StringComparison.Ordinal), TestContext.Current.CancellationToken);
    }

    private Task<TestServer> StartAsync(Action<WebApplicationBuilder> addSchemes) => TestServer.StartAsync(
        builder =>
        {
            builder.Services.AddWeapp(options => options.AuthServerUrl = _sessionServer.Address.ToString());
            addSchemes(builder);
            builder.Services.AddAuthorizationBuilder()
                .AddPolicy("三木", static policy => policy.RequireClaim(ClaimTypes.Name, "三木"))
                .AddPolicy("四木", static policy => policy.RequireClaim(ClaimTypes.Name, "四木"));
            builder.Services.AddControllers().AddApplicationPart(typeof(PlainController).Assembly);
        },
        static app =>
        {
            app.MapControllers();
            app.MapGet("/maybe", static (UserInfo? user) => user?.NickName ?? "nobody");
            app.MapGet("/open", static (UserInfo user) => user.NickName);
            app.MapGet("/both", static (UserInfo? user, [AsParameters] Parameters parameters) => user?.NickName ?? parameters.User.NickName);
            app.MapGet("/admin", static (UserInfo user) => user.NickName).RequireAuthorization("三木");
            app.MapGet("/others", static (UserInfo user) => user.NickName).RequireAuthorization("四木");
        });

    internal sealed record Parameters(UserInfo User);
}

/// <summary>A controller of views: its parameters come from query and form by default.</summary>
[Route("user/plain")]
public sealed class PlainController : Controller
{
    [HttpGet("maybe")]
    public IActionResult Maybe(UserInfo? user) => Content(user?.NickName ?? "nobody");

    [HttpGet("open")]
    public IActionResult Open(UserInfo user) => Content(user.NickName!);

    [Authorize]
    [HttpGet("required")]
    public IActionResult Required(UserInfo user) => Content(user.NickName!);
}

/// <summary>A controller of an API: a complex parameter comes from the body by default.</summary>
[ApiController]
[Route("user/api")]
public sealed class ApiController : ControllerBase
{
    [HttpGet("maybe")]
    public string Maybe(UserInfo? user) => user?.NickName ?? "nobody";

    [Authorize]
    [HttpGet("required")]
    public string Required(UserInfo user) => user.NickName!;
}
