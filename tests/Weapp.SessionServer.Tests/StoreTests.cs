using Microsoft.Extensions.Time.Testing;
using Weapp.SessionServer.Tests.Support;
using Weapp.TestKit;

namespace Weapp.SessionServer.Tests;

/// <summary>What every store must do, seen from outside.</summary>
public abstract class StoreTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly TempFolder _folder = new();
    private TestServer _server = null!;

    public virtual async ValueTask InitializeAsync() => _server = await StartAsync();

    public virtual async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_user_has_so_many_sessions_and_the_oldest_goes_first()
    {
        var other = await SessionCalls.LogInAsync(_server, "双木");
        var sessions = new List<PhoneSession>();
        for (var i = 0; i < 5; i++)
            sessions.Add(await SessionCalls.LogInAsync(_server, "三木"));
        Assert.All(await CheckAllAsync(sessions), static code => Assert.Equal(0, code));

        sessions.Add(await SessionCalls.LogInAsync(_server, "三木"));

        Assert.Equal([60012, 0, 0, 0, 0, 0], await CheckAllAsync(sessions));
        Assert.Equal(0, await CheckAsync(other));
    }

    [Fact]
    public async Task A_logout_makes_room_for_a_session()
    {
        var sessions = new List<PhoneSession>();
        for (var i = 0; i < 5; i++)
            sessions.Add(await SessionCalls.LogInAsync(_server, "三木"));

        Assert.Equal(0, (await SessionCalls.LogoutAsync(_server, sessions[2].Id, sessions[2].Skey)).Code());
        sessions.Add(await SessionCalls.LogInAsync(_server, "三木"));

        Assert.Equal([0, 0, 60012, 0, 0, 0], await CheckAllAsync(sessions));
    }

    [Fact]
    public async Task Logins_at_the_same_time_leave_as_many_sessions_as_are_allowed()
    {
        var sessions = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => SessionCalls.LogInAsync(_server, "三木")));

        Assert.Equal(5, (await CheckAllAsync(sessions)).Count(static code => code == 0));
        Assert.Equal(20, sessions.DistinctBy(static session => session.Id).DistinctBy(static session => session.Skey).Count());
    }

    [Fact]
    public async Task Each_visit_prolongs_a_session_and_nobody_elses()
    {
        var used = await SessionCalls.LogInAsync(_server, "三木");
        var unused = await SessionCalls.LogInAsync(_server, "三木");

        for (var hour = 0; hour < 3; hour++)
        {
            _time.Advance(TimeSpan.FromHours(1));
            Assert.Equal(0, await CheckAsync(used));
        }

        Assert.Equal(60011, await CheckAsync(unused));
        _time.Advance(TimeSpan.FromHours(21));
        Assert.Equal(60011, await CheckAsync(used));
    }

    [Fact]
    public async Task A_profile_shown_once_is_kept_and_seen_by_all_sessions_of_the_user()
    {
        var first = await SessionCalls.LoginAsync(_server, (await Phone.AskWeChatAsync(_server, "三木")).Code);
        Assert.Null(first.User().NickName);
        await SessionCalls.LogInAsync(_server, "三木");

        var known = await SessionCalls.LoginAsync(_server, (await Phone.AskWeChatAsync(_server, "三木")).Code);

        Assert.Equal("UPDATE_SESSION_SUCCESS", known.Json.GetProperty("returnMessage").GetString());
        Assert.Equal("三木", known.User().NickName);
        Assert.Equal("三木", (await SessionCalls.CheckAsync(_server, null, first.Session().Skey)).User().NickName);
    }

    [Fact]
    public async Task Data_from_just_before_a_login_is_decrypted_with_the_key_before()
    {
        var older = await Phone.AskWeChatAsync(_server, "三木");
        await SessionCalls.LoginAsync(_server, older);
        var old = await Phone.AskWeChatAsync(_server, "三木");
        await SessionCalls.LoginAsync(_server, old);
        var session = (await SessionCalls.LoginAsync(_server, await Phone.AskWeChatAsync(_server, "三木"))).Session();

        Assert.Equal(0, (await SessionCalls.DecryptAsync(_server, session, old.EncryptedData, old.Iv)).Code());
        Assert.Contains(_server.Logs.Lines, static line => line.Text.Contains("previous session_key", StringComparison.Ordinal));
        Assert.Equal(60021, (await SessionCalls.DecryptAsync(_server, session, older.EncryptedData, older.Iv)).Code());
        Assert.Contains(_server.Logs.Lines, static line => line.Text.Contains("refused: NoKeyFits", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_key_that_WeChat_resets_is_kept_and_the_one_before_still_decrypts()
    {
        var login = await Phone.AskWeChatAsync(_server, "三木");
        var session = (await SessionCalls.LoginAsync(_server, login)).Session();
        var keys = _server.Service<ISessionKeys>();
        var stop = TestContext.Current.CancellationToken;

        Assert.Equal(SessionKeyState.Valid, await keys.CheckAsync(session.Id, session.Skey, stop));
        Assert.Equal(SessionKeyState.Valid, await keys.ResetAsync(null, session.Skey, stop));
        Assert.Equal(SessionKeyState.Valid, await keys.CheckAsync(session.Id, session.Skey, stop));
        Assert.Equal(0, (await SessionCalls.DecryptAsync(_server, session, login.EncryptedData, login.Iv)).Code());

        // The phone logs in again, and its code does not reach us: WeChat has another key.
        await Phone.AskWeChatAsync(_server, "三木");
        Assert.Equal(SessionKeyState.Outdated, await keys.CheckAsync(session.Id, session.Skey, stop));
        Assert.Equal(SessionKeyState.NoSession, await keys.CheckAsync(session.Id, "wrong", stop));
    }

    protected Task<TestServer> StartAsync() => Apps.SessionServerAsync(_folder, _time, options =>
    {
        options.SessionDuration = TimeSpan.FromHours(2);
        options.LoginDuration = TimeSpan.FromDays(1);
        Configure(options);
    });

    protected abstract void Configure(SessionServerOptions options);

    /// <summary>For the stores that outlive the process.</summary>
    protected async Task SessionsOutliveTheProcessAsync()
    {
        var login = await Phone.AskWeChatAsync(_server, "三木");
        var session = (await SessionCalls.LoginAsync(_server, login)).Session();
        await _server.DisposeAsync();

        _server = await StartAsync();

        Assert.Equal(0, await CheckAsync(session));
        Assert.Equal(0, (await SessionCalls.DecryptAsync(_server, session, login.EncryptedData, login.Iv)).Code());
    }

    private async Task<int> CheckAsync(PhoneSession session) => (await SessionCalls.CheckAsync(_server, session.Id, session.Skey)).Code();

    private async Task<List<int>> CheckAllAsync(IEnumerable<PhoneSession> sessions)
    {
        var codes = new List<int>();
        foreach (var session in sessions)
            codes.Add(await CheckAsync(session));
        return codes;
    }
}

/// <summary>Sessions in memory.</summary>
public sealed class MemoryStoreTests : StoreTests
{
    protected override void Configure(SessionServerOptions options) => options.Store = SessionStoreKind.Memory;
}

/// <summary>Sessions in a SQLite file.</summary>
public sealed class SqliteStoreTests : StoreTests
{
    [Fact]
    public Task Sessions_outlive_the_process() => SessionsOutliveTheProcessAsync();

    protected override void Configure(SessionServerOptions options)
    {
    }
}

/// <summary>Sessions in a real Redis.</summary>
public sealed class RedisStoreTests : StoreTests
{
    private RedisServer _redis = null!;
    private string _suffix = "";

    public override async ValueTask InitializeAsync()
    {
        _redis = await RedisServer.StartAsync(TestContext.Current.CancellationToken);
        await base.InitializeAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await _redis.DisposeAsync();
    }

    [Fact]
    public Task Sessions_outlive_the_process() => SessionsOutliveTheProcessAsync();

    [Fact]
    public async Task Everything_of_a_session_expires_by_itself()
    {
        await using var server = await StartAsync();
        await SessionCalls.LogInAsync(server, "三木");
        await using var redis = await StackExchange.Redis.ConnectionMultiplexer.ConnectAsync(_redis.Address);
        var database = redis.GetDatabase();
        var keys = redis.GetServers()[0].Keys(pattern: "weapp:session:?:*").ToList();

        Assert.Equal(3, keys.Count);
        Assert.All(keys, key => Assert.InRange(database.KeyTimeToLive(key)!.Value, TimeSpan.FromDays(7.9), TimeSpan.FromDays(8)));
    }

    [Fact]
    public async Task Redis_going_away_is_told_apart_from_a_wrong_session()
    {
        await using var server = await StartAsync();
        var session = await SessionCalls.LogInAsync(server, "三木");
        var login = await Phone.AskWeChatAsync(server, "三木");
        server.ExpectError(static line => line.Category.StartsWith("Weapp.SessionServer", StringComparison.Ordinal) && line.EventId.Id is 8 or 9);

        await _redis.DisposeAsync();

        Assert.Equal(1001, (await SessionCalls.CheckAsync(server, session.Id, session.Skey)).Code());
        Assert.Equal(1006, (await SessionCalls.LoginAsync(server, login.Code)).Code());
        _redis = await RedisServer.StartAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Several_servers_share_sessions_and_the_keys_that_encrypt_them()
    {
        await using var here = await StartAsync();
        await using var there = await StartAsync();
        var login = await Phone.AskWeChatAsync(here, "三木");
        var session = (await SessionCalls.LoginAsync(here, login)).Session();

        Assert.Equal("三木", (await SessionCalls.CheckAsync(there, session.Id, session.Skey)).User().NickName);
        Assert.Equal(0, (await SessionCalls.DecryptAsync(there, session, login.EncryptedData, login.Iv)).Code());
        Assert.Equal(0, (await SessionCalls.LogoutAsync(there, session.Id, session.Skey)).Code());
        Assert.Equal(60012, (await SessionCalls.CheckAsync(here, session.Id, session.Skey)).Code());
    }

    [Fact]
    public async Task A_Redis_that_was_emptied_has_users_log_in_again()
    {
        await using var server = await StartAsync();
        var session = await SessionCalls.LogInAsync(server, "三木");

        await _redis.CommandAsync("FLUSHALL");

        Assert.Equal(60012, (await SessionCalls.CheckAsync(server, session.Id, session.Skey)).Code());
        var login = await Phone.AskWeChatAsync(server, "三木");
        session = (await SessionCalls.LoginAsync(server, login)).Session();
        Assert.Equal(0, (await SessionCalls.DecryptAsync(server, session, login.EncryptedData, login.Iv)).Code());
    }

    [Theory]
    [InlineData("canary-right", true)]
    [InlineData("canary-wrong", false)]
    public async Task Its_password_is_in_no_log_and_no_exception(string password, bool isRight)
    {
        await _redis.CommandAsync("CONFIG", "SET", "requirepass", "canary-right");
        _suffix = $",password={password}";
        if (!isRight)
        {
            Assert.DoesNotContain("canary", (await Assert.ThrowsAsync<InvalidOperationException>(StartAsync)).ToString(), StringComparison.Ordinal);
            return;
        }

        await using var server = await StartAsync();
        server.ExpectError(static line => line.EventId.Id == 9);
        var session = await SessionCalls.LogInAsync(server, "三木");
        await _redis.KillAsync();
        Assert.Equal(1001, (await SessionCalls.CheckAsync(server, session.Id, session.Skey)).Code());

        Assert.Contains(server.Logs.Lines, static line => line.Text.Contains("Redis failed", StringComparison.Ordinal));
        Assert.DoesNotContain(server.Logs.Lines, static line => line.Text.Contains("canary", StringComparison.Ordinal));
        await _redis.RestartAsync(TestContext.Current.CancellationToken);
    }

    protected override void Configure(SessionServerOptions options)
    {
        (options.Store, options.Redis) = (SessionStoreKind.Redis, _redis.Address + _suffix);
    }
}
