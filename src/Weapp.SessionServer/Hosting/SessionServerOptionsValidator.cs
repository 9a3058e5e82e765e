using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Weapp.Redis;

namespace Weapp.SessionServer.Hosting;

/// <summary>Says at start which key is wrong and what to do about it.</summary>
internal sealed class SessionServerOptionsValidator(IServiceProvider services) : IValidateOptions<SessionServerOptions>
{
    private const int LeastKeyLength = 16;

    /// <summary>Beyond this a duration is a unit mistaken: "2592000" means days to a <see cref="TimeSpan"/>.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromDays(3650);

    private readonly bool _isDevelopment = services.GetService<IHostEnvironment>()?.IsDevelopment() == true;

    public ValidateOptionsResult Validate(string? name, SessionServerOptions options)
    {
        var failures = new List<string>();
        if (!Enum.IsDefined(options.Store))
            failures.Add("SessionServer:Store must be Sqlite, Redis or Memory.");
        if (options.Store == SessionStoreKind.Redis && string.IsNullOrWhiteSpace(options.Redis))
            failures.Add("SessionServer:Redis is missing: set it to the Redis server, for example \"127.0.0.1:6379\", or set SessionServer:Store to Sqlite.");
        else if (options.Store == SessionStoreKind.Redis && !RedisText.CanRead(options.Redis!))
            failures.Add("SessionServer:Redis is no StackExchange.Redis connection string: write it as host:port,option=value.");
        else if (options.Store == SessionStoreKind.Redis && !options.AllowOpenRedis && !_isDevelopment && RedisText.IsOpen(options.Redis!))
            failures.Add(RedisText.OpenIsRefused("SessionServer"));
        if (options.Store == SessionStoreKind.Sqlite && !IsConnectionString(options.ConnectionString))
            failures.Add("SessionServer:ConnectionString is no SQLite connection string with a data source: set it to, for example, \"Data Source=weapp-sessions.db\".");
        if (options.MaxSessionsPerUser < 1)
            failures.Add("SessionServer:MaxSessionsPerUser must be at least 1: a login ends the user's oldest sessions beyond it.");
        SignatureKey(nameof(options.SignatureKey), options.SignatureKey);
        SignatureKey(nameof(options.AlternateSignatureKey), options.AlternateSignatureKey);
        if (options.AlternateSignatureKey is not null && options.SignatureKey is null)
            failures.Add("SessionServer:AlternateSignatureKey is of no use without SessionServer:SignatureKey.");
        Duration("LoginDuration", options.LoginDuration);
        Duration("SessionDuration", options.SessionDuration);
        Duration("WatermarkTolerance", options.WatermarkTolerance);
        Duration("WeChat:Timeout", options.WeChat.Timeout);
        switch (options.WeChat.Mode)
        {
            case WeChatMode.Development:
                break;
            case WeChatMode.WeChat:
                if (options.Apps.Count == 0 || !string.IsNullOrWhiteSpace(options.AppId) || !string.IsNullOrWhiteSpace(options.AppSecret))
                {
                    Needed("AppId", options.AppId);
                    Needed("AppSecret", options.AppSecret);
                }

                foreach (var (appId, secret) in options.Apps)
                    Needed($"Apps:{appId}", secret, "set it to the mini program's app secret");
                if (!Uri.TryCreate(options.WeChat.BaseAddress, UriKind.Absolute, out var address) || address.Scheme is not ("https" or "http"))
                    failures.Add("SessionServer:WeChat:BaseAddress is no absolute HTTP address: leave it out for https://api.weixin.qq.com.");
                break;
            default:
                failures.Add("SessionServer:WeChat:Mode must be WeChat or Development.");
                break;
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);

        void Needed(string key, string? value, string todo = "set it to the mini program's, as the WeChat console shows it, or set SessionServer:WeChat:Mode to Development for a simulated WeChat")
        {
            if (string.IsNullOrWhiteSpace(value))
                failures.Add($"SessionServer:{key} is missing: {todo}.");
        }

        void SignatureKey(string key, string? value)
        {
            if (value is not null && (string.IsNullOrWhiteSpace(value) || (value.Length < LeastKeyLength && !_isDevelopment)))
                failures.Add($"SessionServer:{key} must have at least {LeastKeyLength} characters outside Development, or it can be guessed: make one with openssl rand -hex 32.");
        }

        void Duration(string key, TimeSpan value)
        {
            if (value <= TimeSpan.Zero || value > Longest)
                failures.Add($"SessionServer:{key} must be more than zero and at most ten years, written as days.hours:minutes:seconds, for example \"30.00:00:00\".");
        }
    }

    private static bool IsConnectionString(string? text)
    {
        try
        {
            return new SqliteConnectionStringBuilder(text).DataSource.Length > 0;
        }
        catch (Exception e) when (e is ArgumentException or FormatException)
        {
            return false;
        }
    }
}
