using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;

namespace Weapp.SessionServer.Hosting;

/// <summary>Says at start which key is wrong and what to do about it.</summary>
internal sealed class SessionServerOptionsValidator : IValidateOptions<SessionServerOptions>
{
    /// <summary>Beyond this a duration is a unit mistaken: "2592000" means days to a <see cref="TimeSpan"/>.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromDays(3650);

    public ValidateOptionsResult Validate(string? name, SessionServerOptions options)
    {
        var failures = new List<string>();
        if (!Enum.IsDefined(options.Store))
            failures.Add("SessionServer:Store must be Sqlite, Redis or Memory.");
        if (options.Store == SessionStoreKind.Redis && string.IsNullOrWhiteSpace(options.Redis))
            failures.Add("SessionServer:Redis is missing: set it to the Redis server, for example \"127.0.0.1:6379\", or set SessionServer:Store to Sqlite.");
        if (options.Store == SessionStoreKind.Sqlite && !IsConnectionString(options.ConnectionString))
            failures.Add("SessionServer:ConnectionString is no SQLite connection string with a data source: set it to, for example, \"Data Source=weapp-sessions.db\".");
        if (options.MaxSessionsPerUser < 1)
            failures.Add("SessionServer:MaxSessionsPerUser must be at least 1: a login ends the user's oldest sessions beyond it.");
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
