using System.Net;
using Microsoft.Extensions.Time.Testing;
using Weapp.Protocol.Signatures;
using Weapp.SessionServer.Tests.Support;
using Weapp.TestKit;

namespace Weapp.SessionServer.Tests;

/// <summary>A session server that answers its own apps only.</summary>
public sealed class SignedRequestTests : IAsyncLifetime
{
    private const string Key = "session-server-key-0123456789abcdef";
    private const string OtherKey = "session-server-key-of-next-year-0123";
    private const string Check = """{"interface":{"interfaceName":"qcloud.cam.auth","para":{"skey":"s"}}}""";

    private readonly TempFolder _folder = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private TestServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await Apps.SessionServerAsync(_folder, _time, static options => (options.SignatureKey, options.AlternateSignatureKey) = (Key, OtherKey));
        _server.Secret(Key, OtherKey);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(Key)]
    [InlineData(OtherKey)]
    public async Task An_app_with_one_of_the_keys_logs_its_users_in(string key)
    {
        await using var app = await AppAsync(key);

        var session = await Phone.LogInAsync(app, _server, "三木");

        Assert.Equal("三木", (await Phone.GetAsync(app, "/user", session)).Json.GetProperty("nickName").GetString());
        Assert.Equal(HttpStatusCode.OK, (await Phone.PostAsync(app, "/logout", session)).Status);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("session-server-key-of-somebody-else")]
    public async Task An_app_without_the_key_is_refused_and_its_phones_keep_their_sessions(string? key)
    {
        await using var app = await AppAsync(key);
        var login = await Phone.AskWeChatAsync(_server, "三木");

        var refused = await Phone.LoginAsync(app, login);
        var check = await Phone.GetAsync(app, "/user", ("X-WX-Skey", "s"));

        Assert.Equal((HttpStatusCode.BadGateway, "ERR_LOGIN_FAILED"), (refused.Status, refused.Error));
        Assert.Equal((HttpStatusCode.BadGateway, "ERR_CHECK_LOGIN_FAILED"), (check.Status, check.Error));
        Assert.Contains(app.Logs.Lines, static line => line.Category == "Weapp.Login" && line.Text.Contains("HTTP status 401", StringComparison.Ordinal));
        Assert.Contains(_server.Logs.Lines, static line => line.Text.Contains("not signed with SessionServer:SignatureKey: code 9003", StringComparison.Ordinal));

        // Nothing was done: the code is as good as new.
        await using var own = await AppAsync(Key);
        Assert.Equal(HttpStatusCode.OK, (await Phone.LoginAsync(own, login)).Status);
    }

    [Theory]
    [InlineData(0, Check, 200)]
    [InlineData(300, Check, 200)]
    [InlineData(-300, Check, 200)]
    [InlineData(301, Check, 401)]
    [InlineData(-301, Check, 401)]
    [InlineData(0, """{"interface":{"interfaceName":"qcloud.cam.auth","para":{"skey":"t"}}}""", 401)]
    public async Task A_signature_is_good_for_its_body_and_for_five_minutes(int seconds, string sent, int status)
    {
        var headers = new WebhookSignature(Key).Sign("id-1", _time.GetUtcNow().AddSeconds(seconds), System.Text.Encoding.UTF8.GetBytes(Check));
        using var request = new HttpRequestMessage(HttpMethod.Post, "/mina_auth/") { Content = new StringContent(sent) };
        headers.AddTo(request);

        using var response = await _server.Client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(status, (int)response.StatusCode);
    }

    [Fact]
    public async Task Who_does_not_sign_is_told_nothing_else()
    {
        string[] bodies = [Check, "no json", """{"interface":{"interfaceName":"qcloud.cam.initdata","para":{}}}"""];
        foreach (var body in bodies)
        {
            var answer = await SessionCalls.PostAsync(_server, body);

            Assert.Equal(HttpStatusCode.Unauthorized, answer.Status);
            Assert.Equal("""{"returnCode":9003,"returnMessage":"Bad request - check signature failed","returnData":"","version":1,"componentName":"MA"}""", answer.Text);
        }
    }

    private Task<TestServer> AppAsync(string? key) =>
        Apps.RemoteAsync(new Uri(_server.Address, "/mina_auth/"), _time, options => options.AuthSignatureKey = key);
}
