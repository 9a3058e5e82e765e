using System.Net;
using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Weapp.Runtime.Tests.Support;
using Weapp.SessionServer;
using Weapp.TestKit;

namespace Weapp.Runtime.Tests;

/// <summary>Logins that hang because WeChat, or the session server, does not answer: everybody else goes on.</summary>
public sealed class LoginOutageTests
{
    private const int Logins = 1_000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true, HttpStatusCode.BadGateway)]
    [InlineData(false, HttpStatusCode.GatewayTimeout)]
    public async Task A_thousand_logins_that_hang_hold_up_nobody_and_end_with_their_time(bool embedded, HttpStatusCode status)
    {
        var hanging = 0;
        await using var peer = await TestServer.StartAsync(static _ => { }, web => web.Run(async context =>
        {
            // As WeChat it is asked with the code, as the session server with the interface's name.
            using var reader = new StreamReader(context.Request.Body);
            var question = context.Request.QueryString + await reader.ReadToEndAsync(Token);
            if (question.Contains("hang-", StringComparison.Ordinal))
            {
                Interlocked.Increment(ref hanging);
                await FakeTunnelServer.HangAsync(context, begin: true, new TaskCompletionSource());
                return;
            }

            await context.Response.WriteAsync(embedded
                ? """{"openid":"o-1","session_key":"tiihtNczf5v6AKRyjwEUhQ=="}"""
                : """{"returnCode":0,"returnData":{"id":"i","skey":"s","user_info":{"openId":"o-1"}}}""");
        }));
        var clock = new TestClock();
        await using var app = await StartAsync(embedded, peer.Address, clock);
        var login = await app.SendAsync(LoginWith("good"));
        var skey = login.Json.GetProperty("session").GetProperty("skey").GetString()!;
        using var phone = new ClientWebSocket();
        await phone.ConnectAsync(new Uri((await app.GetAsync(openId: skey)).Json.GetProperty("url").GetString()!), Token);
        await app.Journal.NextAsync();
        var connected = await app.Journal.NextAsync();
        var tunnelId = connected.Split(' ')[1];
        Assert.Equal($"connect {tunnelId} o-1", connected);

        var logins = Enumerable.Range(0, Logins).Select(i => app.SendAsync(LoginWith($"hang-{i}"))).ToList();
        await Condition.UntilAsync(() => Volatile.Read(ref hanging) == Logins, () => $"{Logins} logins to hang, of which {hanging} do", Token);

        for (var i = 0; i < 100; i++)
        {
            Assert.Equal("o-1", (await app.GetAsync(openId: skey, path: "/user")).Text);
            await phone.SendAsync(Encoding.UTF8.GetBytes($$"""message:{"type":"say","content":{{i}}}"""), WebSocketMessageType.Text, true, Token);
            Assert.Equal($"message {tunnelId} say {i}", await app.Journal.NextAsync());
            Assert.False((await app.Server.Service<ITunnels>().EmitAsync(tunnelId, "heard", i, Token)).HasInvalidTunnelIds);
        }

        Assert.DoesNotContain(logins, static login => login.IsCompleted);
        clock.Advance(Patience);
        foreach (var answer in await Task.WhenAll(logins).WaitAsync(Limits.Deadline, Token))
            Assert.Equal((status, "ERR_LOGIN_FAILED"), (answer.Status, answer.Json.GetProperty("error").GetString()));
        Assert.Equal(WebSocketState.Open, phone.State);
    }

    private static Task<ChatApp> StartAsync(bool embedded, Uri peer, TestClock clock) => ChatApp.StartAsync<RecordingHandler>(
        options =>
        {
            options.AuthServerUrl = embedded ? null : peer.ToString();
            options.NetworkTimeout = Patience;
        },
        static endpoint => endpoint.CheckLogin = true,
        clock,
        configure: builder =>
        {
            builder.Services.AddSessionServer(options =>
            {
                options.Store = SessionStoreKind.Memory;
                options.WeChat.BaseAddress = peer.ToString();
                (options.AppId, options.AppSecret) = ("wx1", "app-secret");
            });
            builder.Services.AddAuthentication().AddWeapp();
            builder.Services.AddAuthorization();
        },
        map: static app =>
        {
            app.MapWeappLogin("/login");
            app.MapGet("/user", static (UserInfo user) => user.OpenId).RequireAuthorization();
        });

    private static HttpRequestMessage LoginWith(string code)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "/login");
        request.Headers.Add("X-WX-Code", code);
        return request;
    }
}
