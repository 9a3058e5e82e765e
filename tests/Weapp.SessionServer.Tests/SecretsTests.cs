using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Weapp.Protocol;
using Weapp.Protocol.Sessions;
using Weapp.Protocol.Signatures;
using Weapp.SessionServer.Tests.Support;
using Weapp.TestKit;

namespace Weapp.SessionServer.Tests;

/// <summary>
/// What is logged at Trace, answered, traced, measured and thrown while everything is used and everything goes wrong, by us and by all the libraries.
/// </summary>
public sealed class SecretsTests : IDisposable
{
    private const string AppSecret = "canary-app-secret";
    private const string TunnelKey = "canary-tunnel-key-0123456789abcdef";
    private const string AuthKey = "canary-auth-key-0123456789abcdef";
    private const string AccessToken = "canary-access-token";
    private const string Code = "canary-code";

    private readonly TempFolder _folder = new();
    private readonly FakeTimeProvider _time = new(WeChatSample.Time);
    private readonly List<PhoneAnswer> _answers = [];
    private readonly ConcurrentQueue<string> _seen = new();
    private readonly ActivityListener _activities;
    private readonly MeterListener _meters = new();

    public SecretsTests()
    {
        // Other tests run meanwhile; their own secrets are others.
        _activities = new ActivityListener
        {
            ShouldListenTo = static _ => true,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity => _seen.Enqueue($"{activity.DisplayName} {Text(activity.TagObjects)} {string.Join(' ', activity.Events.Select(static e => $"{e.Name} {Text(e.Tags)}"))}"),
        };
        ActivitySource.AddActivityListener(_activities);
        _meters.InstrumentPublished = static (instrument, listener) => listener.EnableMeasurementEvents(instrument);
        _meters.SetMeasurementEventCallback<long>((instrument, _, tags, _) => _seen.Enqueue($"{instrument.Name} {Text(tags.ToArray())}"));
        _meters.SetMeasurementEventCallback<double>((instrument, _, tags, _) => _seen.Enqueue($"{instrument.Name} {Text(tags.ToArray())}"));
        _meters.Start();
    }

    public void Dispose()
    {
        _meters.Dispose();
        _activities.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task No_log_line_answer_trace_measurement_or_exception_has_a_secret(bool embedded)
    {
        await using var weChat = await FakePeer.StartAsync(AnswerAsync);
        await using var server = await StartServerAsync(weChat.Address, isApp: embedded);
        await using var app = embedded ? server : await StartAppAsync(new Uri(server.Address, "/mina_auth/"), AuthKey);
        var stop = TestContext.Current.CancellationToken;

        var login = await KeepAsync(Phone.GetAsync(app, "/login", Login($"{Code}-1")));
        var session = login.Json.GetProperty("session");
        var keys = new PhoneSession(session.GetProperty("id").GetString()!, session.GetProperty("skey").GetString()!);
        _answers.Remove(login);
        Assert.DoesNotContain(Secrets, secret => login.Text.Contains(secret, StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.OK, (await KeepAsync(Phone.GetAsync(app, "/user", keys))).Status);

        // What can be wrong with it.
        Assert.Equal("ERR_LOGIN_FAILED", (await KeepAsync(Phone.GetAsync(app, "/login", Login($"{Code}-1")))).Error);
        Assert.Equal("ERR_LOGIN_FAILED", (await KeepAsync(Phone.GetAsync(app, "/login", Login($"refused-{Code}")))).Error);
        Assert.Equal("ERR_INVALID_REQUEST", (await KeepAsync(Phone.GetAsync(app, "/login", ("X-WX-Code", $"{Code}&{AppSecret}")))).Error);
        Assert.Equal("ERR_INVALID_REQUEST", (await KeepAsync(Phone.GetAsync(app, "/user", ("X-WX-Skey", $"{keys.Skey},{keys.Skey}")))).Error);
        Assert.Equal("ERR_INVALID_SESSION", (await KeepAsync(Phone.GetAsync(app, "/user", keys with { Skey = $"{keys.Skey}x" }))).Error);
        Assert.Equal(60021, (await DecryptAsync(server, keys, WeChatSample.EncryptedData[4..])).Code());
        Assert.Equal(0, (await DecryptAsync(server, keys, WeChatSample.EncryptedData)).Code());
        Assert.Equal(SessionKeyState.Outdated, await server.Service<ISessionKeys>().CheckAsync(null, keys.Skey, stop));
        Assert.Equal(AccessToken, await server.Service<IWeChatAccessTokens>().GetAsync(null, stop));

        // What can be wrong with the servers.
        if (!embedded)
        {
            await using var other = await StartAppAsync(new Uri(server.Address, "/mina_auth/"), $"not-{AuthKey}");
            Assert.Equal("ERR_LOGIN_FAILED", (await KeepAsync(Phone.GetAsync(other, "/login", Login($"{Code}-2")))).Error);
            AssertClean(other, keys.Skey);
        }

        await weChat.DisposeAsync();
        Assert.Equal("ERR_LOGIN_FAILED", (await KeepAsync(Phone.GetAsync(app, "/login", Login($"{Code}-3")))).Error);
        _time.Advance(TimeSpan.FromHours(2));
        Throws(await Assert.ThrowsAsync<WeChatException>(async () => await server.Service<ISessionKeys>().CheckAsync(null, keys.Skey, stop)));
        server.ExpectError(static line => line.EventId.Id is 8 or 9 or 13);
        BreakDatabase();
        Assert.Equal("ERR_CHECK_LOGIN_FAILED", (await KeepAsync(Phone.GetAsync(app, "/user", keys))).Error);
        Assert.Equal("ERR_LOGOUT_FAILED", (await KeepAsync(Phone.PostAsync(app, "/logout", keys))).Error);
        if (!embedded)
        {
            await server.DisposeAsync();
            Assert.Equal("ERR_CHECK_LOGIN_FAILED", (await KeepAsync(Phone.GetAsync(app, "/user", keys))).Error);
        }

        await app.StopAsync();
        AssertClean(app, keys.Skey);
        AssertClean(server, keys.Skey);
        Assert.Contains(_seen, static text => text.Contains("http.server.request.duration", StringComparison.Ordinal));
        Assert.Contains(_seen, static text => text.Contains("url.full", StringComparison.Ordinal));
        AssertNone(_seen.Concat(_answers.Select(static answer => answer.Text)), keys.Skey);
    }

    private static string[] Secrets { get; } =
        [AppSecret, TunnelKey, AuthKey, AccessToken, Code, WeChatSample.SessionKey, WeChatSample.EncryptedData, WeChatSample.Iv, Uri.EscapeDataString(WeChatSample.SessionKey)];

    private static (string, string)[] Login(string code) => [("X-WX-Code", code), ("X-WX-Encrypted-Data", WeChatSample.EncryptedData), ("X-WX-IV", WeChatSample.Iv)];

    private static string Text(IEnumerable<KeyValuePair<string, object?>> tags) => string.Join(' ', tags.Select(static tag => $"{tag.Key}={tag.Value}"));

    private static Task AnswerAsync(HttpContext context) => context.Response.WriteAsync(context.Request.Path.Value switch
    {
        "/sns/jscode2session" => context.Request.Query["js_code"].ToString().StartsWith(Code, StringComparison.Ordinal) ? WeChatSample.SessionAnswer : """{"errcode":40029}""",
        "/cgi-bin/stable_token" => $$"""{"access_token":"{{AccessToken}}","expires_in":7200}""",
        _ => """{"errcode":87009}""",
    });

    private static void AssertClean(TestServer server, string skey)
    {
        Assert.Contains(server.Logs.Lines, static line => line.Level == LogLevel.Trace);
        AssertNone(server.Logs.Lines.Select(static line => line.ToString()), skey);
    }

    private static void AssertNone(IEnumerable<string> texts, string skey) =>
        Assert.DoesNotContain(texts, text => Secrets.Append(skey).Any(secret => text.Contains(secret, StringComparison.Ordinal)));

    private void Throws(Exception exception) => _seen.Enqueue(exception.ToString());

    private async Task<PhoneAnswer> KeepAsync(Task<PhoneAnswer> asking)
    {
        var answer = await asking;
        _answers.Add(answer);
        return answer;
    }

    /// <summary>Over HTTP, signed as an app signs.</summary>
    private async Task<PhoneAnswer> DecryptAsync(TestServer server, PhoneSession keys, string data)
    {
        using var body = new PooledBuffer();
        SessionRequestWriter.WriteDecrypt(body, new SessionDecryptRequest(keys.Id, keys.Skey, data, WeChatSample.Iv));
        using var request = new HttpRequestMessage(HttpMethod.Post, "/mina_auth/") { Content = new ReadOnlyMemoryContent(body.WrittenMemory) };
        new WebhookSignature(AuthKey).Sign("id-1", _time.GetUtcNow(), body.WrittenSpan).AddTo(request);
        using var response = await server.Client.SendAsync(request, TestContext.Current.CancellationToken);
        return await KeepAsync(Task.FromResult(new PhoneAnswer(response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))));
    }

    private void BreakDatabase()
    {
        using var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={_folder.File("sessions.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "DROP TABLE sessions";
        command.ExecuteNonQuery();
    }

    private Task<TestServer> StartServerAsync(Uri weChat, bool isApp) => TestServer.StartAsync(
        builder =>
        {
            builder.Services.AddSingleton<TimeProvider>(_time);
            builder.Services.AddSessionServer(options =>
            {
                options.ConnectionString = $"Data Source={_folder.File("sessions.db")}";
                options.WeChat.BaseAddress = weChat.ToString();
                options.SignatureKey = AuthKey;
                (options.AppId, options.AppSecret) = (WeChatSample.AppId, AppSecret);
            });
            if (isApp)
                AddApp(builder, static _ => { });
        },
        app =>
        {
            app.MapSessionServer();
            if (isApp)
                MapApp(app);
        });

    private Task<TestServer> StartAppAsync(Uri sessionServer, string key) => TestServer.StartAsync(
        builder =>
        {
            builder.Services.AddSingleton<TimeProvider>(_time);
            AddApp(builder, options => (options.AuthServerUrl, options.AuthSignatureKey) = (sessionServer.ToString(), key));
        },
        MapApp);

    private static void AddApp(WebApplicationBuilder builder, Action<WeappOptions> configure)
    {
        builder.Services.AddWeapp(options =>
        {
            options.TunnelSignatureKey = TunnelKey;
            configure(options);
        });
        builder.Services.AddAuthentication().AddWeapp();
        builder.Services.AddAuthorization();
    }

    private static void MapApp(WebApplication app)
    {
        app.MapWeappLogin("/login");
        app.MapWeappLogout("/logout");
        app.MapGet("/user", static (UserInfo user) => user).RequireAuthorization();
    }
}
