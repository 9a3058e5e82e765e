namespace Weapp.SessionServer;

/// <summary>How the session server works: configuration section <c>SessionServer</c>. Validated when the app starts.</summary>
public sealed class SessionServerOptions
{
    /// <summary>The SQLite database of the sessions; created when it is not there. Default <c>Data Source=weapp-sessions.db</c>.</summary>
    public string ConnectionString { get; set; } = "Data Source=weapp-sessions.db";

    /// <summary>The mini program's app id (<c>wx…</c>). Needed unless <see cref="WeChatOptions.Mode"/> is <see cref="WeChatMode.Development"/>.</summary>
    public string? AppId { get; set; }

    /// <summary>The mini program's app secret. Needed unless <see cref="WeChatOptions.Mode"/> is <see cref="WeChatMode.Development"/>. Never logged.</summary>
    public string? AppSecret { get; set; }

    /// <summary>How long a session lives at most, from its login on. Default 30 days.</summary>
    public TimeSpan LoginDuration { get; set; } = TimeSpan.FromDays(30);

    /// <summary>How long a session lives without being used. Default 30 days (2592000 s).</summary>
    public TimeSpan SessionDuration { get; set; } = TimeSpan.FromDays(30);

    /// <summary>
    /// How far the time stamp of an encrypted profile may be from now at a login: an older profile may have been taken from somebody.
    /// Default 5 minutes.
    /// </summary>
    public TimeSpan WatermarkTolerance { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How WeChat is reached.</summary>
    public WeChatOptions WeChat { get; set; } = new();
}
