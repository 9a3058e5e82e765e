using Weapp.Protocol.Packets;

namespace Weapp.Protocol.Tunnels;

/// <summary>An app as a tunnel server in the same process sees it.</summary>
public interface ITunnelReceiver
{
    /// <summary>Takes an event, in the order of one tunnel's events, one at a time.</summary>
    /// <param name="tunnelId">The tunnel.</param>
    /// <param name="type">Connect, message or close.</param>
    /// <param name="content">A message's text as it came from the phone: valid UTF-8, unchanged until the call has ended. Empty otherwise.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    ValueTask<EventReceipt> ReceiveAsync(string tunnelId, PacketType type, ReadOnlyMemory<byte> content, CancellationToken cancellationToken);
}

/// <summary>What the app did with an event.</summary>
public enum EventReceipt
{
    /// <summary>It is done with.</summary>
    Accepted,

    /// <summary>The handler failed, and the app asked to report that (9500): the event is to come again.</summary>
    Failed,

    /// <summary>The handler took too long, and the app asked to report that (9503): the event is to come again.</summary>
    TimedOut,
}
