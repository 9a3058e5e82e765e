using System.Collections.Concurrent;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Weapp.SessionServer.Tests.Support;
using Weapp.TestKit;

namespace Weapp.SessionServer.Tests;

/// <summary>What is asked once and believed for a while, where the app wants that.</summary>
public sealed class CheckCacheTests : IAsyncLifetime
{
    private const string User = """{"returnCode":0,"returnData":{"user_info":{"openId":"o","nickName":"三木","vip":true}}}""";
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(30);

    private string _answer = User;
    private FakePeer _sessionServer = null!;

    public async ValueTask InitializeAsync() =>
        _sessionServer = await FakePeer.StartAsync(context => Microsoft.AspNetCore.Http.HttpResponseWritingExtensions.WriteAsync(context.Response, _answer));

    public ValueTask DisposeAsync() => _sessionServer.DisposeAsync();

    [Theory]
    [InlineData(0, 3)]
    [InlineData(30, 1)]
    public async Task A_session_is_asked_about_each_time_unless_the_app_wants_otherwise(int seconds, int asked)
    {
        await using var app = await StartAsync(TimeSpan.FromSeconds(seconds));

        PhoneAnswer[] answers = [await CheckAsync(app), await CheckAsync(app), await CheckAsync(app)];

        Assert.Single(answers.Distinct());
        Assert.Equal(["o", "三木", "True"], answers[0].Json.EnumerateObject().Where(static member => member.Name is "openId" or "nickName" or "vip").Select(static member => member.Value.ToString()));
        Assert.Equal(asked, _sessionServer.Requests.Count);
    }

    [Theory]
    [InlineData("""{"returnCode":60011}""", "ERR_INVALID_SESSION")]
    [InlineData("""{"returnCode":1001}""", "ERR_CHECK_LOGIN_FAILED")]
    [InlineData("nonsense", "ERR_CHECK_LOGIN_FAILED")]
    public async Task A_failure_is_not_remembered(string failure, string error)
    {
        await using var app = await StartAsync(Duration);
        _answer = failure;
        Assert.Equal(error, (await CheckAsync(app)).Error);
        _answer = User;

        Assert.Equal("三木", (await CheckAsync(app)).Json.GetProperty("nickName").GetString());
    }

    [Fact]
    public async Task Another_id_or_none_with_the_same_skey_is_asked_about()
    {
        await using var app = await StartAsync(Duration);
        await CheckAsync(app);
        _answer = """{"returnCode":60012}""";

        Assert.Equal("ERR_INVALID_SESSION", (await Phone.GetAsync(app, "/user", new PhoneSession("another", "s"))).Error);
        Assert.Equal("ERR_INVALID_SESSION", (await Phone.GetAsync(app, "/user", ("X-WX-Skey", "s"))).Error);
    }

    [Fact]
    public async Task An_answer_that_the_session_is_invalid_clears_what_was_remembered()
    {
        await using var app = await StartAsync(Duration);
        await CheckAsync(app);
        _answer = """{"returnCode":60011}""";
        await Phone.GetAsync(app, "/user", ("X-WX-Skey", "s"));

        Assert.Equal("ERR_INVALID_SESSION", (await CheckAsync(app)).Error);
    }

    [Theory]
    [InlineData("X-WX-Id", "X-WX-Skey")]
    [InlineData("X-WX-Skey")]
    public async Task A_logout_clears_what_was_remembered(params string[] headers)
    {
        // With the same headers each time: others would be another question, and asked about anyway.
        var session = headers.Select(static name => (name, "s")).ToArray();
        await using var app = await StartAsync(Duration);
        await Phone.GetAsync(app, "/user", session);
        await Phone.SendAsync(app, HttpMethod.Post, "/logout", session);
        Assert.Equal(2, _sessionServer.Requests.Count);
        _answer = """{"returnCode":60012}""";

        Assert.Equal("ERR_INVALID_SESSION", (await Phone.GetAsync(app, "/user", session)).Error);
    }

    [Fact]
    public async Task A_logout_with_the_skey_alone_clears_what_was_remembered_with_the_id()
    {
        await using var app = await StartAsync(Duration);
        await CheckAsync(app);
        await Phone.SendAsync(app, HttpMethod.Post, "/logout", ("X-WX-Skey", "s"));
        _answer = """{"returnCode":60012}""";

        Assert.Equal("ERR_INVALID_SESSION", (await CheckAsync(app)).Error);
        Assert.Equal("ERR_INVALID_SESSION", (await Phone.GetAsync(app, "/user", ("X-WX-Skey", "s"))).Error);
    }

    [Fact]
    public async Task The_apps_own_cache_is_used_and_sees_neither_skey_nor_id_nor_a_longer_life()
    {
        var own = new OwnCache();
        await using var app = await Apps.RemoteAsync(
            _sessionServer.Address, configure: static options => options.CheckCacheDuration = Duration, services: services => services.AddSingleton<HybridCache>(own));
        var session = new PhoneSession("the-secret-id", "the-secret-skey");

        await Phone.GetAsync(app, "/user", session);
        await Phone.GetAsync(app, "/user", session);

        Assert.Single(_sessionServer.Requests);
        var (key, (value, options)) = Assert.Single(own.Entries);
        Assert.StartsWith("weapp:check:", key, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", key + System.Text.Encoding.Latin1.GetString(value), StringComparison.Ordinal);
        Assert.Equal((Duration, Duration), (options.Expiration, options.LocalCacheExpiration));
    }

    [Fact]
    public async Task Apps_of_other_mini_programs_may_share_the_cache_and_not_the_users()
    {
        var shared = new OwnCache();
        await using var first = await StartAsync("wx1");
        await using var second = await StartAsync("wx2");
        await CheckAsync(first);
        await CheckAsync(first);
        Assert.Single(_sessionServer.Requests);
        _answer = """{"returnCode":60012}""";

        Assert.Equal("ERR_INVALID_SESSION", (await CheckAsync(second)).Error);
        Assert.Equal("三木", (await CheckAsync(first)).Json.GetProperty("nickName").GetString());

        Task<TestServer> StartAsync(string appId) => Apps.RemoteAsync(
            _sessionServer.Address, configure: options => (options.AppId, options.CheckCacheDuration) = (appId, Duration), services: services => services.AddSingleton<HybridCache>(shared));
    }

    [Theory]
    [InlineData("-00:00:01")]
    [InlineData("01:00:01")]
    public async Task A_duration_that_is_none_or_too_long_is_named_at_start(string duration)
    {
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => TestServer.StartAsync(
            builder => builder.Services.AddWeapp(options => options.CheckCacheDuration = TimeSpan.Parse(duration, System.Globalization.CultureInfo.InvariantCulture)),
            static _ => { }));

        Assert.StartsWith("Weapp:CheckCacheDuration ", Assert.Single(failure.Failures), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_cache_the_app_says_at_start_what_to_add()
    {
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            Apps.RemoteAsync(_sessionServer.Address, configure: static options => options.CheckCacheDuration = Duration));

        Assert.Contains("AddHybridCache()", failure.Message, StringComparison.Ordinal);
    }

    private Task<TestServer> StartAsync(TimeSpan duration) => Apps.RemoteAsync(
        _sessionServer.Address, configure: options => options.CheckCacheDuration = duration, services: static services => services.AddHybridCache());

    private static Task<PhoneAnswer> CheckAsync(TestServer app) => Phone.GetAsync(app, "/user", new PhoneSession("i", "s"));

    /// <summary>A cache that the app has registered: keeps everything, for ever.</summary>
    private sealed class OwnCache : HybridCache
    {
        public ConcurrentDictionary<string, (byte[] Value, HybridCacheEntryOptions Options)> Entries { get; } = new();

        public override ValueTask<T> GetOrCreateAsync<TState, T>(
            string key, TState state, Func<TState, CancellationToken, ValueTask<T>> factory, HybridCacheEntryOptions? options, IEnumerable<string>? tags, CancellationToken cancellationToken) =>
            ValueTask.FromResult(Entries.TryGetValue(key, out var entry) ? (T)(object)entry.Value : default!);

        public override ValueTask SetAsync<T>(string key, T value, HybridCacheEntryOptions? options, IEnumerable<string>? tags, CancellationToken cancellationToken)
        {
            Entries[key] = ((byte[])(object)value!, options!);
            return ValueTask.CompletedTask;
        }

        public override ValueTask RemoveAsync(string key, CancellationToken cancellationToken)
        {
            Entries.TryRemove(key, out _);
            return ValueTask.CompletedTask;
        }

        public override ValueTask RemoveByTagAsync(string tag, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
