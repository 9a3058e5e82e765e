namespace Weapp;

/// <summary>How calls between app and tunnel server are signed and checked. Both sides are configured; nothing is negotiated, so nothing can be negotiated down.</summary>
public enum TunnelSignatureMode
{
    /// <summary>With Wafer's SHA-1 signature in the body alone, as the official SDKs and servers do. Headers are neither sent nor looked at.</summary>
    Legacy,

    /// <summary>
    /// With Wafer's signature and the headers of Standard Webhooks. Of a peer's call the headers count where it has them, and a wrong one is
    /// refused even if the body's signature is right; where it has none, the body's signature counts.
    /// </summary>
    Both,

    /// <summary>As <see cref="Both"/>, but calls without the headers' signature are refused with 9003. For two peers of ours.</summary>
    HmacOnly,
}
