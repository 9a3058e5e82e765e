using Weapp.Protocol.Signatures;

namespace Weapp.TunnelServer.Tunnels;

/// <summary>An app: it alone may push to the tunnels that were granted to it.</summary>
internal sealed class TunnelOwner(CallSignature? signature, string? host = null)
{
    /// <summary>The app in this process.</summary>
    public static TunnelOwner Local { get; } = new(null);

    /// <summary>Signs events and answers, and checks calls; null for the app in this process.</summary>
    public CallSignature? Signature { get; } = signature;

    /// <summary>The <c>serverHost</c> that the app is configured by; null where one key is for all.</summary>
    public string? Host { get; } = host;
}
