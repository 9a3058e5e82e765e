using Weapp.Protocol.Signatures;

namespace Weapp.TunnelServer.Tunnels;

/// <summary>An app: it alone may push to the tunnels that were granted to it.</summary>
/// <param name="id">Names the app the same at all nodes: its <c>tcId</c>, or <see cref="Anyone"/>.</param>
/// <param name="signature">Signs events and answers, and checks calls; null for the app in this process.</param>
internal sealed class TunnelOwner(string id, CallSignature? signature)
{
    /// <summary>The id of all apps that share one key.</summary>
    public const string Anyone = "*";

    /// <summary>The app in this process.</summary>
    public static TunnelOwner Local { get; } = new("", null);

    public string Id { get; } = id;

    /// <summary>Signs events and answers, and checks calls; null for the app in this process.</summary>
    public CallSignature? Signature { get; } = signature;
}
