using Weapp.Protocol.Signatures;

namespace Weapp.TunnelServer.Tunnels;

/// <summary>An app: it alone may push to the tunnels that were granted to it.</summary>
internal sealed class TunnelOwner(CallSignature? signature)
{
    /// <summary>The app in this process.</summary>
    public static TunnelOwner Local { get; } = new(null);

    /// <summary>Signs events and answers, and checks calls; null for the app in this process.</summary>
    public CallSignature? Signature { get; } = signature;
}
