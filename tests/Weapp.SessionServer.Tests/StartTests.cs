using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Weapp.SessionServer.Tests.Support;
using Weapp.TestKit;

namespace Weapp.SessionServer.Tests;

/// <summary>What is missing or wrong shows when the app starts, with the key's name.</summary>
public sealed class StartTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("AppId", "")]
    [InlineData("AppSecret", " ")]
    [InlineData("ConnectionString", "")]
    [InlineData("ConnectionString", "no connection string")]
    [InlineData("Store", "7")]
    [InlineData("MaxSessionsPerUser", "0")]
    [InlineData("SignatureKey", "")]
    [InlineData("SignatureKey", "fifteen letters")]
    [InlineData("AlternateSignatureKey", "of no use without the other one")]
    [InlineData("Apps:wx2", " ")]
    [InlineData("LoginDuration", "00:00:00")]
    [InlineData("SessionDuration", "2592000")]
    [InlineData("WatermarkTolerance", "-00:05:00")]
    [InlineData("WeChat:Timeout", "00:00:00")]
    [InlineData("WeChat:BaseAddress", "api.weixin.qq.com")]
    [InlineData("WeChat:Mode", "7")]
    public async Task A_wrong_setting_is_named(string key, string value)
    {
        var settings = new Dictionary<string, string?>
        {
            ["SessionServer:ConnectionString"] = $"Data Source={_folder.File("sessions.db")}",
            ["SessionServer:AppId"] = "wx1",
            ["SessionServer:AppSecret"] = "app-secret",
        };
        await using (await StartAsync(settings))
        {
        }

        settings[$"SessionServer:{key}"] = value;
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync(settings));

        Assert.Contains($"SessionServer:{key} ", Assert.Single(failure.Failures), StringComparison.Ordinal);
        Assert.DoesNotContain("app-secret", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "SessionServer:Redis is missing")]
    [InlineData("127.0.0.1:1,connectTimeout=500,password=canary", "check SessionServer:Redis")]
    [InlineData("127.0.0.1:1,connectTimeout=canary,password=canary", "SessionServer:Redis is no StackExchange.Redis connection string")]
    [InlineData("127.0.0.1:1,canary=canary", "SessionServer:Redis is no StackExchange.Redis connection string")]
    [InlineData("password=canary", "SessionServer:Redis is no StackExchange.Redis connection string")]
    public async Task Redis_is_named_where_it_is_missing_or_out_of_reach(string? redis, string message)
    {
        var failure = await Assert.ThrowsAnyAsync<Exception>(() => Apps.SessionServerAsync(
            _folder, configure: options => (options.Store, options.Redis) = (SessionStoreKind.Redis, redis)));

        Assert.Contains(message, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", failure.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("redis.example.com:6379,connectTimeout=500", true)]
    [InlineData("127.0.0.1:6379,10.0.0.20:6379", true)]
    [InlineData("redis.example.com:6379,password=a secret of the servers", false)]
    [InlineData("localhost:6379,[::1]:6380", false)]
    [InlineData("10.0.0.20:6379", false, true)]
    [InlineData("10.0.0.20:6379", false, false, "Development")]
    [InlineData("10.0.0.20:6379", false, false, "Production", SessionStoreKind.Memory)]
    public async Task A_Redis_elsewhere_needs_a_password_unless_the_configuration_says_otherwise(
        string redis, bool isRefused, bool allowOpen = false, string environment = "Production", SessionStoreKind store = SessionStoreKind.Redis)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = environment });
        builder.Services.AddSessionServer(options =>
        {
            (options.Store, options.Redis, options.AllowOpenRedis) = (store, redis, allowOpen);
            (options.AppId, options.AppSecret) = ("wx1", "app-secret");
        });
        await using var app = builder.Build();
        var failure = Record.Exception(() => app.Services.GetRequiredService<IOptions<SessionServerOptions>>().Value);

        Assert.Equal(
            isRefused ? ["SessionServer:Redis must have a password outside Development, or be on this machine; where nobody else can reach it, set SessionServer:AllowOpenRedis."] : null,
            (failure as OptionsValidationException)?.Failures);
    }

    [Theory]
    [InlineData("AuthSignatureKey", " ")]
    [InlineData("AuthSignatureKey", "fifteen letters")]
    [InlineData("AppId", "")]
    [InlineData("AppId", "wx1&appid=wx2")]
    public async Task A_wrong_setting_of_an_app_is_named(string key, string value)
    {
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => TestServer.StartAsync(
            builder =>
            {
                builder.Configuration.AddInMemoryCollection([new($"Weapp:{key}", value)]);
                builder.Services.AddWeapp(builder.Configuration.GetSection("Weapp"));
            },
            static _ => { }));

        Assert.StartsWith($"Weapp:{key} ", Assert.Single(failure.Failures), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://auth.example.com/mina_auth/", true)]
    [InlineData("http://203.0.113.1/mina_auth/", true)]
    [InlineData("https://auth.example.com/mina_auth/", false)]
    [InlineData("http://10.0.12.135/mina_auth/", false)]
    [InlineData("http://sessions/mina_auth/", false)]
    [InlineData("http://127.0.0.1:5081/mina_auth/", false)]
    public async Task Who_would_send_skeys_over_the_internet_for_all_to_read_is_warned(string url, bool warned)
    {
        await using var app = await Apps.RemoteAsync(new Uri(url));

        Assert.Equal(warned, app.Logs.Lines.Any(static line => line is { Category: "Weapp.Login", EventId.Id: 307, Level: LogLevel.Warning }));
    }

    [Fact]
    public async Task A_database_that_cannot_be_opened_is_named()
    {
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(
            () => Apps.SessionServerAsync(_folder, configure: options => options.ConnectionString = $"Data Source={_folder.File("missing/sessions.db")}"));

        Assert.Contains("SessionServer:ConnectionString", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_for_keys_that_cannot_be_made_is_named()
    {
        await File.WriteAllTextAsync(_folder.File("no-folder"), "", TestContext.Current.CancellationToken);

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(
            () => Apps.SessionServerAsync(_folder, configure: options => options.KeyFolder = _folder.File("no-folder/keys")));

        Assert.Contains("SessionServer:KeyFolder", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_of_a_later_version_is_left_alone()
    {
        await using (await Apps.SessionServerAsync(_folder))
        {
        }

        await using (var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={_folder.File("sessions.db")};Pooling=False"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA user_version = 99";
            command.ExecuteNonQuery();
        }

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => Apps.SessionServerAsync(_folder));
        Assert.Contains("schema version 99", failure.InnerException!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Login_without_any_session_server_is_named_when_it_is_mapped()
    {
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => Apps.RemoteAsync(null));

        Assert.Contains("Weapp:AuthServerUrl", failure.Message, StringComparison.Ordinal);
        Assert.Contains("AddSessionServer", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_scheme_without_any_session_server_is_named_at_start()
    {
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => TestServer.StartAsync(
            static builder => builder.Services.AddAuthentication().AddWeapp(),
            static _ => { }));

        Assert.Contains("Weapp:AuthServerUrl", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Mapping_without_services_says_what_to_call()
    {
        var login = await Assert.ThrowsAsync<InvalidOperationException>(() => TestServer.StartAsync(static _ => { }, static app => app.MapWeappLogin("/login")));
        var server = await Assert.ThrowsAsync<InvalidOperationException>(() => TestServer.StartAsync(static _ => { }, static app => app.MapSessionServer()));

        Assert.Contains("AddWeapp", login.Message, StringComparison.Ordinal);
        Assert.Contains("AddSessionServer", server.Message, StringComparison.Ordinal);
    }

    private static Task<TestServer> StartAsync(Dictionary<string, string?> settings) => TestServer.StartAsync(
        builder =>
        {
            builder.Configuration.AddInMemoryCollection(settings);
            builder.Services.AddSessionServer(builder.Configuration.GetSection("SessionServer"));
        },
        static app => app.MapSessionServer());
}
