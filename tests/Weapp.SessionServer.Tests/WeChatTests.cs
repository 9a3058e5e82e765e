using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;
using Weapp.SessionServer.Tests.Support;
using Weapp.TestKit;

namespace Weapp.SessionServer.Tests;

/// <summary>What WeChat answers to a login code, and what becomes of it.</summary>
public sealed class WeChatTests : IDisposable
{
    private const string Secret = "app-secret&x=y";

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task WeChat_is_asked_with_all_parameters_escaped()
    {
        await using var weChat = await FakePeer.StartAsync("""{"session_key":"tiihtNczf5v6AKRyjwEUhQ==","openid":"o1","unionid":"u1"}""");
        await using var server = await StartAsync(weChat.Address);

        var answer = await SessionCalls.LoginAsync(server, "code-1_A");

        Assert.Equal("o1", answer.User().OpenId);
        Assert.Equal("u1", answer.User().UnionId);
        Assert.Equal("/sns/jscode2session?appid=wx1&secret=app-secret%26x%3Dy&js_code=code-1_A&grant_type=authorization_code", Assert.Single(weChat.Requests));
    }

    [Theory]
    [InlineData("""{"errcode":40029,"errmsg":"invalid code"}""", 40029, "WEIXIN_CODE_ERR")]
    [InlineData("""{"errcode":40163,"errmsg":"code been used"}""", 40029, "WEIXIN_CODE_ERR")]
    [InlineData("""{"errcode":40226,"errmsg":"code blocked"}""", 40029, "WEIXIN_CODE_ERR")]
    [InlineData("""{"errcode":-1,"errmsg":"system error"}""", 1005, "WEIXIN_NET_ERR")]
    [InlineData("""{"errcode":45011,"errmsg":"rate limit"}""", 1005, "WEIXIN_NET_ERR")]
    [InlineData("""{"errcode":40013,"errmsg":"invalid appid"}""", 1007, "WEIXIN_RETURN_ERR")]
    [InlineData("""{"errcode":"40029"}""", 1007, "WEIXIN_RETURN_ERR")]
    [InlineData("""{"openid":"o1"}""", 1007, "WEIXIN_RETURN_ERR")]
    [InlineData("""{"openid":"","session_key":"tiihtNczf5v6AKRyjwEUhQ=="}""", 1007, "WEIXIN_RETURN_ERR")]
    [InlineData("""{"openid":"o1","session_key":"AAAA"}""", 1007, "WEIXIN_RETURN_ERR")]
    [InlineData("""{"openid":"o\"1","session_key":"tiihtNczf5v6AKRyjwEUhQ=="}""", 1007, "WEIXIN_RETURN_ERR")]
    [InlineData("""{"openid":"o:1","session_key":"tiihtNczf5v6AKRyjwEUhQ=="}""", 1007, "WEIXIN_RETURN_ERR")]
    [InlineData("""{"openid":"o1","unionid":"u 1","session_key":"tiihtNczf5v6AKRyjwEUhQ=="}""", 1007, "WEIXIN_RETURN_ERR")]
    [InlineData("""{"openid":"o1","session_key":"tiihtNczf5v6AKRyjwEUhQ=!"}""", 1007, "WEIXIN_RETURN_ERR")]
    [InlineData("""{"errcode":40163,"openid":"o1","session_key":"tiihtNczf5v6AKRyjwEUhQ=="}""", 40029, "WEIXIN_CODE_ERR")]
    [InlineData("""{"openid":"o1","openid":"o2","session_key":"tiihtNczf5v6AKRyjwEUhQ=="}""", 1007, "WEIXIN_RETURN_ERR")]
    [InlineData("""{"openid":"\ud800","session_key":"tiihtNczf5v6AKRyjwEUhQ=="}""", 1007, "WEIXIN_RETURN_ERR")]
    [InlineData("<html>", 1007, "WEIXIN_RETURN_ERR")]
    [InlineData("", 1007, "WEIXIN_RETURN_ERR")]
    [InlineData("null", 1007, "WEIXIN_RETURN_ERR")]
    public async Task Each_answer_has_its_code(string body, int code, string message)
    {
        await using var weChat = await FakePeer.StartAsync(body);
        await using var server = await StartAsync(weChat.Address);

        var answer = await SessionCalls.LoginAsync(server, "c1");

        Assert.Equal(code, answer.Code());
        Assert.Equal(message, answer.Json.GetProperty("returnMessage").GetString());
    }

    [Fact]
    public async Task A_key_that_WeChat_gives_again_leaves_the_one_before_where_it_is()
    {
        var key = WeChatSample.SessionKey;
        await using var weChat = await FakePeer.StartAsync(context => context.Response.WriteAsync($$"""{"openid":"{{WeChatSample.OpenId}}","session_key":"{{Volatile.Read(ref key)}}"}"""));
        await using var server = await StartAsync(weChat.Address);
        await SessionCalls.LoginAsync(server, "c1");
        Volatile.Write(ref key, "AAAAAAAAAAAAAAAAAAAAAA==");
        await SessionCalls.LoginAsync(server, "c2");

        var session = (await SessionCalls.LoginAsync(server, "c3")).Session();

        var data = WeChatSample.Encrypt("""{"phoneNumber":"1","watermark":{"timestamp":1477314187,"appid":"wx1"}}""");
        Assert.Equal(0, (await SessionCalls.DecryptAsync(server, session, data, WeChatSample.Iv)).Code());
    }

    [Fact]
    public async Task An_errcode_of_zero_beside_a_session_is_none()
    {
        await using var weChat = await FakePeer.StartAsync("""{"errcode":0,"openid":"o1","session_key":"tiihtNczf5v6AKRyjwEUhQ=="}""");
        await using var server = await StartAsync(weChat.Address);

        Assert.Equal(0, (await SessionCalls.LoginAsync(server, "c1")).Code());
    }

    [Fact]
    public async Task An_answer_with_another_status_or_without_end_is_unusable()
    {
        await using var failing = await FakePeer.StartAsync("""{"openid":"o1","session_key":"tiihtNczf5v6AKRyjwEUhQ=="}""", 502);
        await using (var server = await StartAsync(failing.Address))
            Assert.Equal(1007, (await SessionCalls.LoginAsync(server, "c1")).Code());
        await using var endless = await FakePeer.StartAsync(WeChatSample.SessionAnswer + new string(' ', 64 * 1024));
        await using (var server = await StartAsync(endless.Address))
            Assert.Equal(1007, (await SessionCalls.LoginAsync(server, "c1")).Code());
    }

    [Fact]
    public async Task Where_WeChat_fails_now_and_then_the_other_logins_succeed()
    {
        var asked = 0;
        await using var weChat = await FakePeer.StartAsync(context =>
        {
            if (Interlocked.Increment(ref asked) % 10 != 0)
                return context.Response.WriteAsync(WeChatSample.SessionAnswer);
            context.Response.StatusCode = 500;
            return context.Response.WriteAsync("<html>");
        });
        await using var server = await StartAsync(weChat.Address);

        var codes = await Task.WhenAll(Enumerable.Range(0, 100).Select(async i => (await SessionCalls.LoginAsync(server, $"c{i}")).Code()));

        Assert.Equal(10, codes.Count(static code => code == 1007));
        Assert.Equal(90, codes.Count(static code => code == 0));
        Assert.Equal(100, asked);
    }

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        await using var elsewhere = await FakePeer.StartAsync(WeChatSample.SessionAnswer);
        await using var weChat = await FakePeer.StartAsync(context =>
        {
            context.Response.Redirect(elsewhere.Address.ToString());
            return Task.CompletedTask;
        });
        await using var server = await StartAsync(weChat.Address);

        Assert.Equal(1007, (await SessionCalls.LoginAsync(server, "c1")).Code());
        Assert.Empty(elsewhere.Requests);
    }

    [Fact]
    public async Task An_answer_that_breaks_off_or_never_begins_is_no_answer()
    {
        await using var broken = await FakePeer.StartAsync(async context =>
        {
            context.Response.ContentLength = 1000;
            await context.Response.WriteAsync("""{"openid":"o1",""");
            await context.Response.Body.FlushAsync();
            context.Abort();
        });
        await using (var server = await StartAsync(broken.Address))
            Assert.Equal(1005, (await SessionCalls.LoginAsync(server, "c1")).Code());

        var gone = broken.Address;
        await broken.DisposeAsync();
        await using (var server = await StartAsync(gone))
            Assert.Equal("""{"returnCode":1005,"returnMessage":"WEIXIN_NET_ERR","returnData":"","version":1,"componentName":"MA"}""", (await SessionCalls.LoginAsync(server, "c1")).Text);
    }

    [Fact]
    public async Task WeChat_gets_five_seconds_body_included()
    {
        var time = new FakeTimeProvider();
        await using var weChat = await FakePeer.StartAsync(context => FakePeer.HangAsync(context, () => time.Advance(TimeSpan.FromSeconds(5))));
        await using var server = await StartAsync(weChat.Address, time);

        Assert.Equal(1005, (await SessionCalls.LoginAsync(server, "c1")).Code());
        Assert.Contains(server.Logs.Lines, static line => line.Text.Contains("did not answer within 00:00:05", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("x&appid=evil&secret=")]
    [InlineData("x#y")]
    [InlineData("x y")]
    [InlineData("三木")]
    public async Task A_code_that_can_be_none_is_not_even_asked_about(string code)
    {
        await using var weChat = await FakePeer.StartAsync(WeChatSample.SessionAnswer);
        await using var server = await StartAsync(weChat.Address);

        Assert.Equal(40029, (await SessionCalls.LoginAsync(server, code)).Code());
        Assert.Equal(40029, (await SessionCalls.LoginAsync(server, new string('x', 129))).Code());

        Assert.Empty(weChat.Requests);
    }

    [Fact]
    public async Task The_simulated_WeChat_is_off_unless_asked_for()
    {
        await using var weChat = await FakePeer.StartAsync(WeChatSample.SessionAnswer);
        await using var server = await StartAsync(weChat.Address);

        Assert.Equal(System.Net.HttpStatusCode.NotFound, (await Phone.GetAsync(server, "/dev/wechat/login?nickname=x")).Status);
    }

    private async Task<TestServer> StartAsync(Uri weChat, TimeProvider? time = null)
    {
        var server = await Apps.SessionServerAsync(_folder, time, options =>
        {
            options.WeChat = new WeChatOptions { BaseAddress = weChat.ToString() };
            (options.AppId, options.AppSecret) = ("wx1", Secret);
        });
        return server.Secret(Secret, Uri.EscapeDataString(Secret), WeChatSample.SessionKey);
    }
}
