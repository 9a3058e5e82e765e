using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;
using Weapp.SessionServer.Tests.Support;
using Weapp.TestKit;

namespace Weapp.SessionServer.Tests;

/// <summary>How WeChat's API is called: what is tried again, and whose tokens and signatures it sees.</summary>
public sealed class WeChatApiTests : IDisposable
{
    private const string Ok = """{"errcode":0,"errmsg":"ok"}""";

    private readonly TempFolder _folder = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private int _tokens;
    private string _validToken = "token-1";

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(-1)]
    [InlineData(45011)]
    public async Task What_is_transient_is_tried_again(int errcode)
    {
        var calls = 0;
        await using var weChat = await FakePeer.StartAsync(context =>
            context.Response.WriteAsync(++calls < 3 ? $$"""{"errcode":{{errcode}},"errmsg":"later"}""" : WeChatSample.SessionAnswer));
        await using var server = await StartAsync(weChat);

        Assert.Equal(0, (await SessionCalls.LoginAsync(server, "c1")).Code());
        Assert.Equal(3, weChat.Requests.Count);
    }

    [Fact]
    public async Task It_is_tried_three_times_and_the_code_may_come_again()
    {
        await using var weChat = await FakePeer.StartAsync("""{"errcode":-1,"errmsg":"busy"}""");
        await using var server = await StartAsync(weChat);

        Assert.Equal(1005, (await SessionCalls.LoginAsync(server, "c1")).Code());
        Assert.Equal(3, weChat.Requests.Count);
        Assert.Equal(1005, (await SessionCalls.LoginAsync(server, "c1")).Code());
        Assert.Equal(6, weChat.Requests.Count);
    }

    [Theory]
    [InlineData(40029)]
    [InlineData(40163)]
    [InlineData(40226)]
    [InlineData(40125)]
    public async Task What_is_final_is_not_tried_again(int errcode)
    {
        await using var weChat = await FakePeer.StartAsync($$"""{"errcode":{{errcode}},"errmsg":"no"}""");
        await using var server = await StartAsync(weChat);

        Assert.NotEqual(0, (await SessionCalls.LoginAsync(server, "c1")).Code());
        Assert.Equal(40029, (await SessionCalls.LoginAsync(server, "c1")).Code());
        Assert.Single(weChat.Requests);
    }

    [Fact]
    public async Task WeChat_is_asked_once_about_a_code_however_many_ask()
    {
        await using var weChat = await FakePeer.StartAsync(WeChatSample.SessionAnswer);
        await using var server = await StartAsync(weChat, new FakeTimeProvider(_time.GetUtcNow()));

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => SessionCalls.LoginAsync(server, "c1")));

        Assert.Single(weChat.Requests);
        Assert.Single(answers, static answer => answer.Code() == 0);
        Assert.Equal(49, answers.Count(static answer => answer.Code() == 40029));
    }

    [Fact]
    public async Task A_used_code_is_remembered_for_ten_minutes()
    {
        await using var weChat = await FakePeer.StartAsync(WeChatSample.SessionAnswer);
        await using var server = await StartAsync(weChat, _time);
        await SessionCalls.LoginAsync(server, "c1");

        _time.Advance(TimeSpan.FromSeconds(599));
        Assert.Equal(40029, (await SessionCalls.LoginAsync(server, "c1")).Code());
        Assert.Single(weChat.Requests);
        _time.Advance(TimeSpan.FromSeconds(1));
        await SessionCalls.LoginAsync(server, "c1");
        Assert.Equal(2, weChat.Requests.Count);
    }

    [Fact]
    public async Task An_access_token_is_fetched_once_and_again_before_it_ends()
    {
        await using var weChat = await FakePeer.StartAsync(AnswerAsync);
        await using var server = await StartAsync(weChat, _time);
        var tokens = server.Service<IWeChatAccessTokens>();
        var stop = TestContext.Current.CancellationToken;

        var many = await Task.WhenAll(Enumerable.Range(0, 20).Select(async _ => await tokens.GetAsync(null, stop)));
        _time.Advance(TimeSpan.FromSeconds(7200 - 301));
        Assert.Equal("token-1", await tokens.GetAsync(WeChatSample.AppId, stop));
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.All(many, static token => Assert.Equal("token-1", token));
        Assert.Equal("token-2", await tokens.GetAsync(null, stop));
        Assert.Equal(
            $$"""/cgi-bin/stable_token{"grant_type":"client_credential","appid":"{{WeChatSample.AppId}}","secret":"app-secret"}""",
            weChat.Requests.First());
        await Assert.ThrowsAsync<ArgumentException>(async () => await tokens.GetAsync("wx-unknown", stop));
    }

    [Fact]
    public async Task A_session_key_is_checked_with_its_signature_and_a_token_that_has_ended_is_replaced()
    {
        Assert.Equal("654571f79995b2ce1e149e53c0a33dc39c0a74090db514261454e8dbe432aa0b", Sign("o0q0otL8aEzpcZL/FT9WsQ==", """{"foo":"bar"}"""));
        await using var weChat = await FakePeer.StartAsync(AnswerAsync);
        await using var server = await StartAsync(weChat, _time);
        var session = (await SessionCalls.LoginAsync(server, "c1")).Session();
        _validToken = "token-2";

        var state = await server.Service<ISessionKeys>().CheckAsync(session.Id, session.Skey, TestContext.Current.CancellationToken);

        Assert.Equal(SessionKeyState.Valid, state);
        Assert.Equal(
            $"/wxa/checksession?access_token=token-2&openid={WeChatSample.OpenId}&signature={Sign(WeChatSample.SessionKey, "")}&sig_method=hmac_sha256",
            weChat.Requests.Last());
        Assert.Equal(2, _tokens);
    }

    [Fact]
    public async Task A_refusal_and_silence_are_told_apart()
    {
        await using var weChat = await FakePeer.StartAsync("""{"errcode":40125,"errmsg":"invalid appsecret"}""");
        await using var server = await StartAsync(weChat);
        var tokens = server.Service<IWeChatAccessTokens>();

        var refused = await Assert.ThrowsAsync<WeChatException>(async () => await tokens.GetAsync(null, TestContext.Current.CancellationToken));
        await weChat.DisposeAsync();
        var silent = await Assert.ThrowsAsync<WeChatException>(async () => await tokens.GetAsync(null, TestContext.Current.CancellationToken));

        Assert.Equal(40125, refused.Errcode);
        Assert.Null(silent.Errcode);
    }

    [Fact]
    public async Task The_simulated_WeChat_serves_another_session_server_over_HTTP()
    {
        await using var weChat = await Apps.SessionServerAsync(_folder, configure: static options => options.AppId = WeChatSample.AppId);
        using var folder = new TempFolder();
        await using var server = await Apps.SessionServerAsync(folder, configure: options => Configure(options, new Uri(weChat.Address, "/dev/wechat")));
        var login = await Phone.AskWeChatAsync(weChat, "三木");
        var keys = server.Service<ISessionKeys>();
        var stop = TestContext.Current.CancellationToken;

        var session = (await SessionCalls.LoginAsync(server, login)).Session();

        Assert.Equal(0, (await SessionCalls.DecryptAsync(server, session, login.EncryptedData, login.Iv)).Code());
        Assert.Equal(SessionKeyState.Valid, await keys.CheckAsync(session.Id, session.Skey, stop));
        Assert.Equal(SessionKeyState.Valid, await keys.ResetAsync(session.Id, session.Skey, stop));
        Assert.Equal(SessionKeyState.Valid, await keys.CheckAsync(session.Id, session.Skey, stop));
        Assert.Equal(40029, (await SessionCalls.LoginAsync(server, "made-up")).Code());
    }

    [Fact]
    public async Task Raw_data_is_signed_as_WeChat_signs_it()
    {
        const string Published = """{"nickName":"Band","gender":1,"language":"zh_CN","city":"Guangzhou","province":"Guangdong","country":"CN","avatarUrl":"http://wx.qlogo.cn/mmopen/vi_32/1vZvI39NWFQ9XM4LtQpFrQJ1xlgZxx3w7bQxKARol6503Iuswjjn6nIGBiaycAjAtpujxyzYsrztuuICqIM5ibXQ/0"}""";
        Assert.Equal("75e81ceda165f4ffa64f4068af58c64b8f54b88c", SignRawData(Published, "HyVFkGl5F5OQWJZZaNzBBg=="));
        await using var server = await Apps.SessionServerAsync(_folder, configure: static options => options.AppId = WeChatSample.AppId);
        var login = await Phone.AskWeChatAsync(server, "三木");

        var session = await Phone.GetAsync(server, $"/dev/wechat/sns/jscode2session?appid={WeChatSample.AppId}&secret=s&js_code={login.Code}&grant_type=authorization_code");

        Assert.Equal(SignRawData(login.RawData, session.Json.GetProperty("session_key").GetString()!), login.Signature);
    }

    private static string Sign(string sessionKey, string message) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(sessionKey), Encoding.UTF8.GetBytes(message)));

    private static string SignRawData(string rawData, string sessionKey) => Convert.ToHexStringLower(SHA1.HashData(Encoding.UTF8.GetBytes(rawData + sessionKey)));

    private static void Configure(SessionServerOptions options, Uri weChat)
    {
        options.WeChat = new WeChatOptions { BaseAddress = weChat.ToString() };
        (options.AppId, options.AppSecret) = (WeChatSample.AppId, "app-secret");
    }

    private async Task<TestServer> StartAsync(FakePeer weChat, TimeProvider? time = null)
    {
        var server = await Apps.SessionServerAsync(_folder, time, options => Configure(options, weChat.Address));
        return server.Secret("app-secret", WeChatSample.SessionKey);
    }

    private Task AnswerAsync(HttpContext context) => context.Response.WriteAsync(context.Request.Path.Value switch
    {
        "/sns/jscode2session" => WeChatSample.SessionAnswer,
        "/cgi-bin/stable_token" => $$"""{"access_token":"token-{{Interlocked.Increment(ref _tokens)}}","expires_in":7200}""",
        _ => context.Request.Query["access_token"] == _validToken ? Ok : """{"errcode":40001,"errmsg":"invalid credential"}""",
    });
}
