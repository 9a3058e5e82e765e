namespace Weapp.TunnelServer;

/// <summary>How a tunnel server works. Validated when the host starts; the message names the key.</summary>
public sealed class TunnelServerOptions
{
    /// <summary>The configuration section that these options are usually read from.</summary>
    public const string Section = "TunnelServer";

    /// <summary>The name of the meter and of the activity source; docs/observability.md lists what is in them.</summary>
    public const string MeterName = "Weapp.TunnelServer";

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

    /// <summary>
    /// More hosts, or <c>host:port</c>, that events may go to. Without them only to the app's own: its name in <see cref="Clients"/>, or with
    /// <see cref="SignatureKey"/> the host that its <c>tcId</c> is the hash of. An IP address or <c>localhost</c> that is named here or in
    /// <see cref="Clients"/> is reached whatever kind it is, and without TLS as well.
    /// </summary>
    public IList<string> ReceiveHosts { get; } = [];

    /// <summary>
    /// Networks of one's own in which apps run, such as <c>10.0.0.0/8</c>: events go to addresses in them, and without TLS as well. Without them only to
    /// public addresses over https; in Development also to this machine, and without TLS.
    /// </summary>
    public IList<string> ReceiveNetworks { get; } = [];

    /// <summary>How often a phone is to ping, told to it in the frame <c>timeout:N</c>. Default 15 s; from 0.1 s to 1 h.</summary>
    public TimeSpan PingInterval { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a phone may be silent before its tunnel is closed with 4408. Default: 2.5 × <see cref="PingInterval"/>.</summary>
    public TimeSpan? IdleTimeout { get; set; }

    /// <summary>How long a phone has to connect to a tunnel that was granted. Default 60 s.</summary>
    public TimeSpan TicketLifetime { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>The longest message in bytes, either way: a longer frame of a phone closes its tunnel with 1009, a longer push is refused. Default 64 KiB.</summary>
    public int MaxFrameBytes { get; set; } = 64 * 1024;

    /// <summary>
    /// How many WebSocket frames of one message a phone may send: one that sends more, be they empty, loses its tunnel with 1008. Default 1,024.
    /// </summary>
    public int MaxFragments { get; set; } = 1024;

    /// <summary>
    /// How many frames a second a phone may send in the long run, pings of both kinds included and the parts of one message counted once; one that sends
    /// more loses its tunnel with 1008. Default 50. While the app is busy the server does not read; what came meanwhile is counted as though it had.
    /// </summary>
    public int FramesPerSecond { get; set; } = 50;

    /// <summary>How many frames a phone may send at once before <see cref="FramesPerSecond"/> holds. Default 100.</summary>
    public int FrameBurst { get; set; } = 100;

    /// <summary>How many bytes may wait for one slow phone before its tunnel is closed with 4429. Default 1 MiB.</summary>
    public int SendQueueBytes { get; set; } = 1024 * 1024;

    /// <summary>How many frames may wait for one slow phone before its tunnel is closed with 4429. Default 256.</summary>
    public int SendQueueFrames { get; set; } = 256;

    /// <summary>How long one frame may wait for a phone that does not read before its tunnel is closed with 4429. Default 10 s.</summary>
    public TimeSpan SendTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The system's send buffer for each phone in bytes, so that phones which do not read hold little of its memory. Default 64 KiB; 0 leaves it as the
    /// system has it.
    /// </summary>
    public int SocketSendBufferBytes { get; set; } = 64 * 1024;

    /// <summary>How many events of one tunnel may wait for the app before the server stops reading from the phone. Default 64.</summary>
    public int EventQueueLength { get; set; } = 64;

    /// <summary>How many bytes of one tunnel's events may wait for the app before the server stops reading from the phone. Default 256 KiB.</summary>
    public int EventQueueBytes { get; set; } = 256 * 1024;

    /// <summary>The longest that one delivery of an event over HTTP may take, the answer's body included. Default 10 s.</summary>
    public TimeSpan DeliveryTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How many events of all its tunnels may be with one app (one owner at one host and port) at once over HTTP. Default 32. The others wait for their
    /// turn; an app in the same process has no such limit.
    /// </summary>
    public int DeliveriesPerApp { get; set; } = 32;

    /// <summary>How many bytes of one app's messages may wait over all its tunnels before the server stops reading from its phones. Default 64 MiB.</summary>
    public long AppQueueBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>
    /// How often delivery of an event is tried before the tunnel is closed with 1013. Default 12: with pauses of 0.5, 1, 2, 4, 8, 15, 30 and
    /// then 60 s (± 20 %) an app may be away for five minutes. Tried again are: no connection, no answer in time, 408, 425, 429, 502, 503, 504, and the codes
    /// 9007, 9009 and 9500; <c>Retry-After</c> counts from 1 to 60 s. While an app cannot be reached one event at a time tries, and its failure counts for
    /// all; within a longer pause one looks every second, and when the app asks for a tunnel, whether it is back, unless <c>Retry-After</c> has said when. Close events then wait for
    /// up to 24 hours, at most 20,000 of an app.
    /// </summary>
    public int DeliveryAttempts { get; set; } = 12;

    /// <summary>The largest HTTP call of an app in bytes; larger ones are refused with 9005. Default 1 MiB; at most 28 MiB.</summary>
    public int MaxPushBytes { get; set; } = 1024 * 1024;

    /// <summary>
    /// How many bytes one app may push over HTTP to its phones a second in the long run: those of each message, for each of its tunnels. A call is taken
    /// whole; while the app is more than a second ahead, further calls are refused with 9429. Default 256 MiB, for each node.
    /// </summary>
    public long PushBytesPerSecond { get; set; } = 256 * 1024 * 1024;

    /// <summary>
    /// A Redis (a StackExchange.Redis connection string) through which several nodes are one tunnel server: any of them takes any call and any phone.
    /// Null: this is the only node. Never logged. See docs/scaling.md.
    /// </summary>
    public string? Redis { get; set; }

    /// <summary>
    /// Whether <see cref="Redis"/> may be on another machine and without a password outside Development. Default false: whoever reaches such a Redis can
    /// disturb all nodes.
    /// </summary>
    public bool AllowOpenRedis { get; set; }

    /// <summary>What all our keys and channels in Redis begin with. Default <c>weapp:</c>; nodes with another prefix are another tunnel server.</summary>
    public string RedisKeyPrefix { get; set; } = "weapp:";

    /// <summary>
    /// How long a node may be out of touch with Redis before the others take it for dead, and before it closes its own tunnels. Default 15 s; the same at
    /// all nodes. Shorter notices a dead node sooner, longer bridges a longer pause of Redis.
    /// </summary>
    public TimeSpan NodeLease { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// The web pages that may connect, by their <c>Origin</c> (<c>https://www.example.com</c>); others get 403. Default: all. A request without
    /// <c>Origin</c>, as phones send it, is served.
    /// </summary>
    public IList<string> AllowedOrigins { get; } = [];

    /// <summary>
    /// The mini programs that may connect, by the app id in the <c>Referer</c> that WeChat sends (<c>https://servicewechat.com/{appid}/…</c>); others get
    /// 403. Default: all. A request without <c>Referer</c> is served, and one with a right <c>Referer</c> whatever its <c>Origin</c>.
    /// </summary>
    public IList<string> AppIds { get; } = [];

    /// <summary>How many wrong tunnel ids and tickets one address may try a second in the long run before the answer is 429. Default 10.</summary>
    public int WrongTicketsPerSecond { get; set; } = 10;

    /// <summary>How many wrong tunnel ids and tickets one address may try at once before <see cref="WrongTicketsPerSecond"/> holds. Default 100.</summary>
    public int WrongTicketBurst { get; set; } = 100;

    /// <summary>How many tunnels a second are closed when the server stops, so that phones do not come back all at once. Default 500; more where <see cref="DrainTimeout"/> asks for it.</summary>
    public int DrainRate { get; set; } = 500;

    /// <summary>How long a server that stops may take for closing tunnels and delivering what waits. Default 25 s; less where the host's shutdown timeout (30 s) is shorter.</summary>
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(25);

    internal TimeSpan EffectiveIdleTimeout => IdleTimeout ?? PingInterval * 2.5;
}
