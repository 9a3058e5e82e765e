using Weapp.Protocol.Packets;

namespace Weapp.Protocol.Tunnels;

/// <summary>A tunnel server as an app sees it (protocol section 6): in this process, or over HTTP.</summary>
public interface ITunnelServer
{
    /// <summary>Asks for a tunnel that a phone can then connect to.</summary>
    /// <param name="request">Who asks, and where the tunnel's events are to go.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    ValueTask<TunnelGrant> RequestTunnelAsync(TunnelRequest request, CancellationToken cancellationToken);

    /// <summary>Sends a packet to tunnels. Packets to one tunnel arrive in the order in which they were sent.</summary>
    /// <param name="packet">The packet. Its content must stay unchanged until the call has ended.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    ValueTask<PushResult> PushAsync(PushPacket packet, CancellationToken cancellationToken);
}

/// <summary>A request for a tunnel.</summary>
public sealed record TunnelRequest
{
    /// <summary>The app's tunnel path, for example <c>/tunnel</c>.</summary>
    public required string Path { get; init; }

    /// <summary>Scheme and host under which the phone reached the app, for example <c>https://www.example.com</c>: an embedded server is reached there too.</summary>
    public required string PublicUrl { get; init; }

    /// <summary>Takes the tunnel's events where server and app share a process.</summary>
    public required ITunnelReceiver Receiver { get; init; }
}

/// <summary>A tunnel that a phone can connect to, once.</summary>
/// <param name="TunnelId">The tunnel's id.</param>
/// <param name="ConnectUrl">The <c>ws://</c> or <c>wss://</c> address; it works like a password and belongs in no log.</param>
public sealed record TunnelGrant(string TunnelId, string ConnectUrl);

/// <summary>What became of a push.</summary>
/// <param name="InvalidTunnelIds">Ids that name no connected tunnel.</param>
public sealed record PushResult(IReadOnlyList<string> InvalidTunnelIds)
{
    /// <summary>Every id named a connected tunnel.</summary>
    public static PushResult AllValid { get; } = new([]);

    /// <summary>Ids that are neither gone nor reached for now: the node that holds them did not answer. The same push may be repeated for them.</summary>
    public IReadOnlyList<string> UndeliveredTunnelIds { get; init; } = [];
}
