using System.Net;
using System.Net.Sockets;
using Weapp.SessionServer.Tests.Support;
using Weapp.TestKit;

namespace Weapp.SessionServer.Tests;

/// <summary>The session server's three interfaces over HTTP, with the simulated WeChat.</summary>
public sealed class SessionServerTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private TestServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await Apps.SessionServerAsync(_folder);

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_login_gives_keys_that_nobody_can_guess_and_the_user()
    {
        var login = await Phone.AskWeChatAsync(_server, "三木");
        _server.Secret(login.Code, login.EncryptedData);

        var answer = await SessionCalls.LoginAsync(_server, login);

        Assert.Equal(0, answer.Code());
        Assert.Equal("NEW_SESSION_SUCCESS", answer.Json.GetProperty("returnMessage").GetString());
        var data = answer.Json.GetProperty("returnData");
        Assert.Equal(43, data.GetProperty("id").GetString()!.Length);
        Assert.Equal(43, data.GetProperty("skey").GetString()!.Length);
        Assert.Equal(2592000, data.GetProperty("duration").GetInt32());
        Assert.Equal("三木", answer.User().NickName);
        Assert.DoesNotContain("session_key", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_call_in_broken_chunks_is_400_and_no_error()
    {
        using var caller = new TcpClient();
        await caller.ConnectAsync(_server.Address.Host, _server.Address.Port, TestContext.Current.CancellationToken);
        await using var stream = caller.GetStream();
        await stream.WriteAsync("POST /mina_auth/ HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"u8.ToArray(), TestContext.Current.CancellationToken);
        using var answer = new StreamReader(stream);
        Assert.StartsWith("HTTP/1.1 400 ", await answer.ReadLineAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_session_is_found_by_both_keys_and_by_skey_alone()
    {
        var session = await SessionCalls.LogInAsync(_server, "三木");

        var both = await SessionCalls.CheckAsync(_server, session.Id, session.Skey);
        var alone = await SessionCalls.CheckAsync(_server, null, session.Skey);

        Assert.Equal("AUTH_SUCCESS", both.Json.GetProperty("returnMessage").GetString());
        Assert.Equal("三木", both.User().NickName);
        Assert.Equal(both.Text, alone.Text);
    }

    [Fact]
    public async Task A_wrong_skey_of_a_known_id_and_an_unknown_id_get_the_same_answer()
    {
        var session = await SessionCalls.LogInAsync(_server, "三木");

        var wrong = await SessionCalls.CheckAsync(_server, session.Id, "wrong");
        var unknown = await SessionCalls.CheckAsync(_server, "unknown", "wrong");
        var foreign = await SessionCalls.CheckAsync(_server, "unknown", session.Skey);

        Assert.Equal(60012, wrong.Code());
        Assert.Equal(wrong.Text, unknown.Text);
        Assert.Equal(wrong.Text, foreign.Text);
        Assert.Equal("""{"returnCode":60012,"returnMessage":"AUTH_FAIL","returnData":"","version":1,"componentName":"MA"}""", wrong.Text);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_logout_ends_the_session_and_no_other(bool byId)
    {
        var session = await SessionCalls.LogInAsync(_server, "三木");
        var other = await SessionCalls.LogInAsync(_server, "双木");

        Assert.Equal(60012, (await SessionCalls.LogoutAsync(_server, other.Id, session.Skey)).Code());
        var answer = await SessionCalls.LogoutAsync(_server, byId ? session.Id : null, session.Skey);

        Assert.Equal(0, answer.Code());
        Assert.Equal("三木", answer.User().NickName);
        Assert.Equal(60012, (await SessionCalls.CheckAsync(_server, session.Id, session.Skey)).Code());
        Assert.Equal(60012, (await SessionCalls.LogoutAsync(_server, session.Id, session.Skey)).Code());
        Assert.Equal(0, (await SessionCalls.CheckAsync(_server, other.Id, other.Skey)).Code());
    }

    [Theory]
    [InlineData("' OR 1=1--")]
    [InlineData("\";DROP TABLE sessions;--")]
    [InlineData("\u0000\u202E<script>")]
    public async Task Hostile_keys_are_answered_as_any_wrong_ones(string text)
    {
        var session = await SessionCalls.LogInAsync(_server, "三木");

        Assert.Equal(60012, (await SessionCalls.CheckAsync(_server, text, text)).Code());
        Assert.Equal(60012, (await SessionCalls.CheckAsync(_server, session.Id, text)).Code());
        Assert.Equal(40029, (await SessionCalls.LoginAsync(_server, text)).Code());

        Assert.Equal(0, (await SessionCalls.CheckAsync(_server, session.Id, session.Skey)).Code());
    }

    [Fact]
    public async Task A_login_code_is_used_once()
    {
        var login = await Phone.AskWeChatAsync(_server, "三木");

        Assert.Equal(0, (await SessionCalls.LoginAsync(_server, login)).Code());
        var again = await SessionCalls.LoginAsync(_server, login);

        Assert.Equal("""{"returnCode":40029,"returnMessage":"WEIXIN_CODE_ERR","returnData":"","version":1,"componentName":"MA"}""", again.Text);
    }

    [Fact]
    public async Task Of_many_logins_with_one_code_one_succeeds()
    {
        var login = await Phone.AskWeChatAsync(_server, "三木");

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => SessionCalls.LoginAsync(_server, login)));

        Assert.Single(answers, static answer => answer.Code() == 0);
        Assert.Equal(49, answers.Count(static answer => answer.Code() == 40029));
    }

    [Fact]
    public async Task A_login_with_a_code_alone_keeps_the_profile_shown_before()
    {
        var fresh = await SessionCalls.LoginAsync(_server, (await Phone.AskWeChatAsync(_server, "双木")).Code);
        await SessionCalls.LogInAsync(_server, "三木");
        var known = await SessionCalls.LoginAsync(_server, (await Phone.AskWeChatAsync(_server, "三木")).Code);

        Assert.Null(fresh.User().NickName);
        Assert.Equal(28, fresh.User().OpenId.Length);
        Assert.Equal("三木", known.User().NickName);
    }

    [Fact]
    public async Task Data_of_the_session_is_decrypted_and_other_data_is_not()
    {
        var login = await Phone.AskWeChatAsync(_server, "三木");
        var session = (await SessionCalls.LoginAsync(_server, login)).Session();
        var foreign = await Phone.AskWeChatAsync(_server, "三木");

        var plain = await SessionCalls.DecryptAsync(_server, session, login.EncryptedData, login.Iv);
        var refused = await SessionCalls.DecryptAsync(_server, session, foreign.EncryptedData, foreign.Iv);

        Assert.Contains("\"nickName\":\"三木\"", plain.Json.GetProperty("returnData").GetString(), StringComparison.Ordinal);
        Assert.Equal("DECRYPT_SUCCESS", plain.Json.GetProperty("returnMessage").GetString());
        Assert.Equal("""{"returnCode":60021,"returnMessage":"DECRYPT_FAIL","returnData":"","version":1,"componentName":"MA"}""", refused.Text);
        Assert.Equal(60012, (await SessionCalls.DecryptAsync(_server, session with { Skey = "wrong" }, login.EncryptedData, login.Iv)).Code());
    }

    [Theory]
    [InlineData(1009, "REQUEST_IS_NOT_JSON", "no json")]
    [InlineData(1009, "REQUEST_IS_NOT_JSON", "[]")]
    [InlineData(1009, "REQUEST_IS_NOT_JSON", """{"interface":{"interfaceName":"qcloud.cam.auth","interfaceName":"qcloud.cam.auth","para":{"skey":"s"}}}""")]
    [InlineData(1009, "REQUEST_IS_NOT_JSON", """{"interface":{"interfaceName":"qcloud.cam.auth","para":{"skey":"\ud800"}}}""")]
    [InlineData(1002, "NO_INTERFACENAME_PARA", "{}")]
    [InlineData(1002, "NO_INTERFACENAME_PARA", """{"interface":{"para":{}}}""")]
    [InlineData(1002, "NO_INTERFACENAME_PARA", """{"interface":{"interfaceName":7,"para":{}}}""")]
    [InlineData(1011, "NO_PARA", """{"interface":{"interfaceName":"qcloud.cam.auth"}}""")]
    [InlineData(1011, "NO_PARA", """{"interface":{"interfaceName":"qcloud.cam.auth","para":[]}}""")]
    [InlineData(1010, "INTERFACENAME_PARA_ERR", """{"interface":{"interfaceName":"qcloud.cam.initdata","para":{}}}""")]
    [InlineData(1003, "PARA_ERR", """{"interface":{"interfaceName":"qcloud.cam.id_skey","para":{}}}""")]
    [InlineData(1003, "PARA_ERR", """{"interface":{"interfaceName":"qcloud.cam.id_skey","para":{"code":7}}}""")]
    [InlineData(1003, "PARA_ERR", """{"interface":{"interfaceName":"qcloud.cam.id_skey","para":{"code":"c","encrypt_data":"e"}}}""")]
    [InlineData(1003, "PARA_ERR", """{"interface":{"interfaceName":"qcloud.cam.auth","para":{"id":"i"}}}""")]
    [InlineData(1003, "PARA_ERR", """{"interface":{"interfaceName":"qcloud.cam.decrypt","para":{"id":"i","skey":"s","encrypt_data":"e"}}}""")]
    public async Task Each_way_to_ask_wrongly_has_its_own_code(int code, string message, string body)
    {
        var answer = await SessionCalls.PostAsync(_server, body);

        Assert.Equal(code, answer.Code());
        Assert.Equal(message, answer.Json.GetProperty("returnMessage").GetString());
        Assert.Equal("", answer.Json.GetProperty("returnData").GetString());
    }

    [Fact]
    public async Task A_request_that_is_too_long_is_refused()
    {
        var answer = await SessionCalls.PostAsync(_server, $$"""{"x":"{{new string('x', 128 * 1024)}}"}""");

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.Status);
    }

    [Fact]
    public async Task The_simulated_WeChat_asks_for_a_nickname()
    {
        Assert.Equal(HttpStatusCode.BadRequest, (await Phone.GetAsync(_server, "/dev/wechat/login")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await Phone.GetAsync(_server, $"/dev/wechat/login?nickname={new string('x', 65)}")).Status);
    }

    [Fact]
    public async Task The_simulated_WeChat_does_not_go_unnoticed() =>
        Assert.Contains(_server.Logs.Lines, static line => line.Level == Microsoft.Extensions.Logging.LogLevel.Warning && line.Text.Contains("simulated WeChat", StringComparison.Ordinal));
}
