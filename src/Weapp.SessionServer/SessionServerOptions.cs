namespace Weapp.SessionServer;

/// <summary>How the session server works: configuration section <c>SessionServer</c>. Validated when the app starts.</summary>
public sealed class SessionServerOptions
{
    /// <summary>Where sessions are kept. Default <see cref="SessionStoreKind.Sqlite"/>.</summary>
    public SessionStoreKind Store { get; set; } = SessionStoreKind.Sqlite;

    /// <summary>The SQLite database of the sessions; created when it is not there. Default <c>Data Source=weapp-sessions.db</c>.</summary>
    public string ConnectionString { get; set; } = "Data Source=weapp-sessions.db";

    /// <summary>The Redis of the sessions, as StackExchange.Redis writes it: <c>host:6379,password=…</c>. Needed with <see cref="SessionStoreKind.Redis"/>. Never logged.</summary>
    public string? Redis { get; set; }

    /// <summary>
    /// Whether <see cref="Redis"/> may be on another machine and without a password outside Development. Default false: whoever reaches such a Redis can
    /// read sessions and end them.
    /// </summary>
    public bool AllowOpenRedis { get; set; }

    /// <summary>
    /// The folder of the keys under which every <c>session_key</c> is encrypted. Default: the keys that the app's own data protection was
    /// told to keep; else a folder beside the SQLite database, or a list in Redis.
    /// </summary>
    public string? KeyFolder { get; set; }

    /// <summary>The mini program's app id (<c>wx…</c>). Needed unless <see cref="WeChatOptions.Mode"/> is <see cref="WeChatMode.Development"/>.</summary>
    public string? AppId { get; set; }

    /// <summary>The mini program's app secret. Needed unless <see cref="WeChatOptions.Mode"/> is <see cref="WeChatMode.Development"/>. Never logged.</summary>
    public string? AppSecret { get; set; }

    /// <summary>
    /// Further mini programs: app id → app secret. A request says by the parameter <c>appid</c> which one it means; without it, it means
    /// <see cref="AppId"/>, or the only one that there is.
    /// </summary>
    public Dictionary<string, string> Apps { get; } = [];

    /// <summary>
    /// A secret that is shared with the apps (<c>Weapp:AuthSignatureKey</c>): requests that are not signed with it are refused with status 401.
    /// Default: none, since the official SDKs do not sign; then whoever reaches the endpoint can use it. Never logged.
    /// </summary>
    public string? SignatureKey { get; set; }

    /// <summary>A second key beside <see cref="SignatureKey"/>, accepted as well while keys are changed. Never logged.</summary>
    public string? AlternateSignatureKey { get; set; }

    /// <summary>How many sessions a user has at most, one for each device; a login beyond that ends the oldest. Default 5.</summary>
    public int MaxSessionsPerUser { get; set; } = 5;

    /// <summary>How long a session lives at most, from its login on. Default 30 days.</summary>
    public TimeSpan LoginDuration { get; set; } = TimeSpan.FromDays(30);

    /// <summary>How long a session lives without being used, give or take a minute. Default 30 days (2592000 s).</summary>
    public TimeSpan SessionDuration { get; set; } = TimeSpan.FromDays(30);

    /// <summary>
    /// How far the time stamp of an encrypted profile may be from now at a login: an older profile may have been taken from somebody.
    /// Default 5 minutes.
    /// </summary>
    public TimeSpan WatermarkTolerance { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How WeChat is reached.</summary>
    public WeChatOptions WeChat { get; set; } = new();

    /// <summary>The mini program that is meant where a request names none; null where there are several.</summary>
    internal string? DefaultAppId =>
        !string.IsNullOrWhiteSpace(AppId) ? AppId
        : Apps.Count > 0 ? (Apps.Count == 1 ? Apps.Keys.Single() : null)
        : WeChat.Mode == WeChatMode.Development ? "wxdevelopment0000" : null;

    /// <summary>The app secret of a mini program; null for one that is not ours.</summary>
    internal string? SecretOf(string appId) =>
        Apps.TryGetValue(appId, out var secret) ? secret
        : appId != DefaultAppId ? null
        : WeChat.Mode == WeChatMode.Development ? AppSecret ?? "development" : AppSecret;
}

/// <summary>Where sessions are kept.</summary>
public enum SessionStoreKind
{
    /// <summary>In a SQLite file: one session server, nothing else to run.</summary>
    Sqlite,

    /// <summary>In Redis: several session servers.</summary>
    Redis,

    /// <summary>In memory: for tests, since they go with the process.</summary>
    Memory,
}
