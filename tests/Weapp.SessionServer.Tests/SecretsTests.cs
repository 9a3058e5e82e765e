using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Weapp.SessionServer.Tests.Support;
using Weapp.TestKit;

namespace Weapp.SessionServer.Tests;

/// <summary>What is logged at Trace while everything is used and everything goes wrong, by us and by all the libraries.</summary>
public sealed class SecretsTests
{
    private const string AppSecret = "canary-app-secret";
    private const string SignatureKey = "canary-signature-key-0123456789abcdef";
    private const string AccessToken = "canary-access-token";
    private const string Code = "canary-code";

    [Fact]
    public async Task No_line_of_any_level_or_library_has_a_secret()
    {
        using var folder = new TempFolder();
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(WeChatSample.Time);
        await using var weChat = await FakePeer.StartAsync(static context => context.Response.WriteAsync(context.Request.Path.Value switch
        {
            "/sns/jscode2session" => context.Request.Query["js_code"].ToString().StartsWith(Code, StringComparison.Ordinal) ? WeChatSample.SessionAnswer : """{"errcode":40029}""",
            "/cgi-bin/stable_token" => $$"""{"access_token":"{{AccessToken}}","expires_in":7200}""",
            _ => """{"errcode":87009}""",
        }));
        await using var server = await TestServer.StartAsync(
            builder =>
            {
                builder.Services.AddSingleton<TimeProvider>(time);
                builder.Services.Configure<WeappOptions>(static options => options.TunnelSignatureKey = SignatureKey);
                builder.Services.AddAuthentication().AddWeapp();
                builder.Services.AddAuthorization();
                builder.Services.AddSessionServer(options =>
                {
                    options.ConnectionString = $"Data Source={folder.File("sessions.db")}";
                    options.WeChat.BaseAddress = weChat.Address.ToString();
                    (options.AppId, options.AppSecret) = (WeChatSample.AppId, AppSecret);
                });
            },
            static app =>
            {
                app.MapSessionServer();
                app.MapWeappLogin("/login");
                app.MapGet("/user", static (UserInfo user) => user).RequireAuthorization();
            });
        var secrets = new List<string> { AppSecret, SignatureKey, AccessToken, Code, WeChatSample.SessionKey, WeChatSample.EncryptedData, WeChatSample.Iv };

        var login = await Phone.GetAsync(server, "/login", ("X-WX-Code", $"{Code}-1"), ("X-WX-Encrypted-Data", WeChatSample.EncryptedData), ("X-WX-IV", WeChatSample.Iv));
        var session = login.Json.GetProperty("session");
        var keys = new PhoneSession(session.GetProperty("id").GetString()!, session.GetProperty("skey").GetString()!);
        secrets.Add(keys.Skey);
        Assert.Equal(System.Net.HttpStatusCode.OK, (await Phone.GetAsync(server, "/user", keys)).Status);
        Assert.Equal(0, (await SessionCalls.DecryptAsync(server, keys, WeChatSample.EncryptedData, WeChatSample.Iv)).Code());
        Assert.Equal(60021, (await SessionCalls.DecryptAsync(server, keys, WeChatSample.EncryptedData[4..], WeChatSample.Iv)).Code());
        Assert.Equal(40029, (await SessionCalls.LoginAsync(server, $"{Code}-1")).Code());
        Assert.Equal(40029, (await SessionCalls.LoginAsync(server, $"refused-{Code}")).Code());
        Assert.Equal(60012, (await SessionCalls.CheckAsync(server, "id", $"{keys.Skey}x")).Code());
        Assert.Equal(SessionKeyState.Outdated, await server.Service<ISessionKeys>().CheckAsync(null, keys.Skey, TestContext.Current.CancellationToken));
        Assert.Equal(0, (await SessionCalls.LogoutAsync(server, null, keys.Skey)).Code());
        await weChat.DisposeAsync();
        Assert.Equal(1005, (await SessionCalls.LoginAsync(server, $"{Code}-2")).Code());
        await server.StopAsync();

        Assert.Contains(server.Logs.Lines, static line => line.Level == Microsoft.Extensions.Logging.LogLevel.Trace);
        Assert.DoesNotContain(server.Logs.Lines, line => secrets.Exists(secret => line.Text.Contains(secret, StringComparison.Ordinal)));
    }
}
