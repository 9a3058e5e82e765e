using System.Text;
using Microsoft.Extensions.Time.Testing;
using Weapp.SessionServer.Tests.Support;
using Weapp.TestKit;

namespace Weapp.SessionServer.Tests;

/// <summary>How long codes and sessions live, and what of them a database holds.</summary>
public sealed class SessionLifetimeTests : IDisposable
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly TempFolder _folder = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_session_that_is_not_used_expires()
    {
        await using var server = await StartAsync();
        var session = await SessionCalls.LogInAsync(server, "三木");

        _time.Advance(TimeSpan.FromHours(2) - Second);
        Assert.Equal(0, await CheckAsync(server, session));
        _time.Advance(TimeSpan.FromHours(2));

        Assert.Equal(
            """{"returnCode":60011,"returnMessage":"SKEY_EXPIRED","returnData":"","version":1,"componentName":"MA"}""",
            (await SessionCalls.CheckAsync(server, session.Id, session.Skey)).Text);
    }

    [Fact]
    public async Task Each_use_prolongs_a_session_but_not_beyond_its_login()
    {
        await using var server = await StartAsync();
        var session = await SessionCalls.LogInAsync(server, "三木");

        for (var hour = 1; hour < 24; hour++)
        {
            _time.Advance(TimeSpan.FromHours(1));
            Assert.Equal(0, await CheckAsync(server, session));
        }

        _time.Advance(TimeSpan.FromHours(1) - Second);
        Assert.Equal(0, await CheckAsync(server, session));
        _time.Advance(Second);
        Assert.Equal(60011, await CheckAsync(server, session));
        Assert.Equal(60011, (await SessionCalls.DecryptAsync(server, session, "AAAA", "AAAA")).Code());
    }

    [Theory]
    [InlineData(299, 0)]
    [InlineData(300, 40029)]
    public async Task A_simulated_login_code_lives_five_minutes(int seconds, int code)
    {
        await using var server = await StartAsync();
        var login = await Phone.AskWeChatAsync(server, "三木");

        _time.Advance(TimeSpan.FromSeconds(seconds));

        Assert.Equal(code, (await SessionCalls.LoginAsync(server, login.Code)).Code());
    }

    [Fact]
    public async Task Sessions_outlive_the_process()
    {
        PhoneSession session;
        WeChatLogin login;
        await using (var server = await StartAsync())
        {
            login = await Phone.AskWeChatAsync(server, "三木");
            session = (await SessionCalls.LoginAsync(server, login)).Session();
        }

        await using var restarted = await StartAsync();

        Assert.Equal(0, await CheckAsync(restarted, session));
        Assert.Equal(0, (await SessionCalls.DecryptAsync(restarted, session, login.EncryptedData, login.Iv)).Code());
    }

    [Fact]
    public async Task A_database_logs_nobody_in_and_decrypts_nothing()
    {
        PhoneSession session;
        await using var weChat = await FakePeer.StartAsync(WeChatSample.SessionAnswer);
        await using (var server = await Apps.SessionServerAsync(_folder, configure: options =>
        {
            options.WeChat = new WeChatOptions { BaseAddress = weChat.Address.ToString() };
            (options.AppId, options.AppSecret) = (WeChatSample.AppId, "app-secret");
        }))
        {
            session = (await SessionCalls.LoginAsync(server, WeChatSample.Code)).Session();
        }

        var stored = await File.ReadAllBytesAsync(_folder.File("sessions.db"), TestContext.Current.CancellationToken);

        Assert.True(stored.AsSpan().IndexOf(Encoding.UTF8.GetBytes(session.Id)) >= 0);
        Assert.Equal(-1, stored.AsSpan().IndexOf(Encoding.UTF8.GetBytes(session.Skey)));
        Assert.Equal(-1, stored.AsSpan().IndexOf(Convert.FromBase64String(WeChatSample.SessionKey)));
        Assert.Equal(-1, stored.AsSpan().IndexOf(Encoding.UTF8.GetBytes(WeChatSample.SessionKey)));
    }

    private Task<TestServer> StartAsync() => Apps.SessionServerAsync(_folder, _time, static options =>
    {
        options.SessionDuration = TimeSpan.FromHours(2);
        options.LoginDuration = TimeSpan.FromDays(1);
    });

    private static async Task<int> CheckAsync(TestServer server, PhoneSession session) => (await SessionCalls.CheckAsync(server, session.Id, session.Skey)).Code();
}
