namespace Weapp.TunnelServer;

/// <summary>How a tunnel server works. Validated when the host starts; the message names the key.</summary>
public sealed class TunnelServerOptions
{
    /// <summary>The configuration section that these options are usually read from.</summary>
    public const string Section = "TunnelServer";

    /// <summary>
    /// Under which address phones reach this server, for example <c>https://ws.example.com</c>: the tunnels' connect URLs start with it.
    /// Default: where the phone reached the app, or where the app reached this server.
    /// </summary>
    public string? PublicUrl { get; set; }

    /// <summary>The apps that may use this server over HTTP: from <c>serverHost</c> to the key they share with it. Never logged.</summary>
    public IDictionary<string, string> Clients { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>
    /// One key for all apps that <see cref="Clients"/> does not name. Never logged. With neither, every call over HTTP is refused with 9003;
    /// an app in the same process needs no key.
    /// </summary>
    public string? SignatureKey { get; set; }

    /// <summary>
    /// How calls and events are signed and checked. Default <see cref="TunnelSignatureMode.Both"/>: as the official SDKs expect it, and with the headers of
    /// Standard Webhooks. Apps must be configured to fit.
    /// </summary>
    public TunnelSignatureMode SignatureMode { get; set; } = TunnelSignatureMode.Both;

    /// <summary>A second key beside <see cref="SignatureKey"/>, accepted as well while keys are changed. Never logged.</summary>
    public string? AlternateSignatureKey { get; set; }

    /// <summary>Second keys of apps in <see cref="Clients"/>, from <c>serverHost</c> to key, accepted as well while keys are changed. Never logged.</summary>
    public IDictionary<string, string> AlternateClients { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>How often a phone is to ping, told to it in the frame <c>timeout:N</c>. Default 15 s; from 0.1 s to 1 h.</summary>
    public TimeSpan PingInterval { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a phone may be silent before its tunnel is closed with 4408. Default: 2.5 × <see cref="PingInterval"/>.</summary>
    public TimeSpan? IdleTimeout { get; set; }

    /// <summary>How long a phone has to connect to a tunnel that was granted. Default 60 s.</summary>
    public TimeSpan TicketLifetime { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>The longest message in bytes, either way: a longer frame of a phone closes its tunnel with 1009, a longer push is refused. Default 64 KiB.</summary>
    public int MaxFrameBytes { get; set; } = 64 * 1024;

    /// <summary>How many bytes may wait for one slow phone before its tunnel is closed with 4429. Default 1 MiB.</summary>
    public int SendQueueBytes { get; set; } = 1024 * 1024;

    /// <summary>How many events of one tunnel may wait for the app before the server stops reading from the phone. Default 64.</summary>
    public int EventQueueLength { get; set; } = 64;

    /// <summary>The longest that one delivery of an event over HTTP may take, the answer's body included. Default 10 s.</summary>
    public TimeSpan DeliveryTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How often delivery of an event is tried before the tunnel is closed with 1013. Default 12: with pauses of 0.5, 1, 2, 4, 8, 15, 30 and
    /// then 60 s (± 20 %) an app may be away for five minutes.
    /// </summary>
    public int DeliveryAttempts { get; set; } = 12;

    /// <summary>The largest HTTP call of an app in bytes; larger ones are refused with 9005. Default 1 MiB.</summary>
    public int MaxPushBytes { get; set; } = 1024 * 1024;

    /// <summary>
    /// A Redis (a StackExchange.Redis connection string) through which several nodes are one tunnel server: any of them takes any call and any phone.
    /// Null: this is the only node. Never logged. See docs/scaling.md.
    /// </summary>
    public string? Redis { get; set; }

    /// <summary>What all our keys and channels in Redis begin with. Default <c>weapp:</c>; nodes with another prefix are another tunnel server.</summary>
    public string RedisKeyPrefix { get; set; } = "weapp:";

    /// <summary>
    /// How long a node may be out of touch with Redis before the others take it for dead, and before it closes its own tunnels. Default 15 s; the same at
    /// all nodes. Shorter notices a dead node sooner, longer bridges a longer pause of Redis.
    /// </summary>
    public TimeSpan NodeLease { get; set; } = TimeSpan.FromSeconds(15);

    internal TimeSpan EffectiveIdleTimeout => IdleTimeout ?? PingInterval * 2.5;
}
