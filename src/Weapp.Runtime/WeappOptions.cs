namespace Weapp;

/// <summary>How an app reaches its servers. Validated when the app starts; the message names the key.</summary>
public sealed class WeappOptions
{
    /// <summary>The app's public host name, for example <c>www.example.com</c>; needed where <see cref="TunnelServerUrl"/> is set.</summary>
    public string? ServerHost { get; set; }

    /// <summary>The session server's address, posted to as it is. Without it the embedded session server is used.</summary>
    public string? AuthServerUrl { get; set; }

    /// <summary>
    /// The mini program's app id (<c>wx…</c>), for a session server of several mini programs: its users alone may come in. Default: whichever
    /// the session server means, and nothing is said of it.
    /// </summary>
    public string? AppId { get; set; }

    /// <summary>The secret that is shared with the session server where it asks for signatures (<c>SessionServer:SignatureKey</c>). Never logged.</summary>
    public string? AuthSignatureKey { get; set; }

    /// <summary>The tunnel server's base address. Without it the embedded tunnel server is used.</summary>
    public string? TunnelServerUrl { get; set; }

    /// <summary>The secret that is shared with the tunnel server; needed where <see cref="TunnelServerUrl"/> is set. Never logged.</summary>
    public string? TunnelSignatureKey { get; set; }

    /// <summary>A second key beside <see cref="TunnelSignatureKey"/>, accepted as well while keys are changed. Never logged.</summary>
    public string? TunnelAlternateSignatureKey { get; set; }

    /// <summary>
    /// How calls and events are signed and checked. Default <see cref="TunnelSignatureMode.Both"/>: as the official servers expect it, and with the headers
    /// of Standard Webhooks. The tunnel server must be configured to fit.
    /// </summary>
    public TunnelSignatureMode TunnelSignatureMode { get; set; } = TunnelSignatureMode.Both;

    /// <summary>Whether signatures are checked. Default true; only for peers that cannot sign.</summary>
    public bool TunnelCheckSignature { get; set; } = true;

    /// <summary>The longest that a call to either server may take, its answer included. Default 30 s.</summary>
    public TimeSpan NetworkTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>An HTTP proxy for calls to either server, for example <c>http://10.0.0.1:3128</c>.</summary>
    public string? NetworkProxy { get; set; }

    /// <summary>
    /// How long a session that was found valid counts as valid without asking the session server again. Default zero: it is always asked. A
    /// session that has ended elsewhere is taken for so much longer. The app's <c>HybridCache</c> keeps it (<c>AddHybridCache</c>); without one
    /// the app does not start.
    /// </summary>
    public TimeSpan CheckCacheDuration { get; set; }

    /// <summary>
    /// Scheme and host under which the tunnel server, or with an embedded one the phone, reaches this app: <c>https://www.example.com</c>.
    /// Default: the scheme of <see cref="TunnelServerUrl"/> and <see cref="ServerHost"/>; with an embedded tunnel server, those of the phone's request.
    /// </summary>
    public string? PublicUrl { get; set; }

    /// <summary>The largest event in bytes; a phone's frame grows up to seven times by double escaping. Default 512 KiB; at most 28 MiB.</summary>
    public int MaxEventBytes { get; set; } = 512 * 1024;
}
