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
