using Weapp.Protocol.Signatures;

namespace Weapp.TunnelServer.Tunnels;

/// <summary>An app: it alone may push to the tunnels that were granted to it.</summary>
/// <param name="id">Names the app the same at all nodes: its <c>tcId</c>, or <see cref="Anyone"/>.</param>
/// <param name="signature">Signs events and answers, and checks calls; null for the app in this process.</param>
/// <param name="host">The <c>serverHost</c> that the app is configured by.</param>
internal sealed class TunnelOwner(string id, CallSignature? signature, string? host = null)
{
    /// <summary>The id of all apps that share one key.</summary>
    public const string Anyone = "*";

    /// <summary>The app in this process.</summary>
    public static TunnelOwner Local { get; } = new("", null);

    public string Id { get; } = id;

    /// <summary>Signs events and answers, and checks calls; null for the app in this process.</summary>
    public CallSignature? Signature { get; } = signature;

    /// <summary>The <c>serverHost</c> that the app is configured by; null where one key is for all.</summary>
    public string? Host { get; } = host;
}
