using System.Net.WebSockets;

namespace Weapp.TunnelServer.Tunnels;

/// <summary>Why a tunnel ends, and what its phone is told (protocol section 9).</summary>
internal sealed class TunnelEnd
{
    private TunnelEnd(string reason, int? status)
    {
        Reason = reason;
        Name = reason.Replace(' ', '_');
        Status = (WebSocketCloseStatus?)status;
    }

    /// <summary>The app closed it: the only end that sends the text frame <c>close</c>, upon which the official client stays away.</summary>
    public static TunnelEnd AppClosed { get; } = new("closed by the app", 1000) { Flushes = true, SaysClose = true };

    /// <summary>The phone said goodbye, with the text frame <c>close</c> or with the WebSocket's own.</summary>
    public static TunnelEnd PhoneClosed { get; } = new("closed by the phone", 1000);

    /// <summary>The connection broke.</summary>
    public static TunnelEnd Lost { get; } = new("connection lost", null);

    /// <summary>This server stops: the client is to come back at once.</summary>
    public static TunnelEnd Stopping { get; } = new("server is stopping", 1001) { Flushes = true };

    /// <summary>The other nodes may think that this one is gone, and have said so to the app: the client is to come back at once.</summary>
    public static TunnelEnd Fenced { get; } = new("node lost touch with the others", 1001) { Flushes = true };

    /// <summary>Frames that RFC 6455 does not allow.</summary>
    public static TunnelEnd ProtocolError { get; } = new("protocol error", 1002);

    /// <summary>A binary frame.</summary>
    public static TunnelEnd Binary { get; } = new("binary frame", 1003);

    /// <summary>More frames, or more fragments of a message, than allowed.</summary>
    public static TunnelEnd TooManyFrames { get; } = new("too many frames", 1008);

    /// <summary>A frame over the limit.</summary>
    public static TunnelEnd TooBig { get; } = new("frame too big", 1009);

    /// <summary>The app refused an event.</summary>
    public static TunnelEnd Refused { get; } = new("event refused by the app", 1011) { Flushes = true };

    /// <summary>The app could not be reached for too long.</summary>
    public static TunnelEnd Unreachable { get; } = new("app unreachable", 1013) { Flushes = true };

    /// <summary>Nothing came from the phone for too long.</summary>
    public static TunnelEnd Silent { get; } = new("no ping in time", 4408);

    /// <summary>The phone reads too slowly.</summary>
    public static TunnelEnd Slow { get; } = new("too slow", 4429);

    /// <summary>The reason in words, for the log and the close frame.</summary>
    public string Reason { get; }

    /// <summary>The reason as a metric has it.</summary>
    public string Name { get; }

    /// <summary>The WebSocket's close code; null where there is no connection left to close.</summary>
    public WebSocketCloseStatus? Status { get; }

    /// <summary>Whether frames that wait are sent before the end.</summary>
    public bool Flushes { get; private init; }

    /// <summary>Whether the text frame <c>close</c> is sent.</summary>
    public bool SaysClose { get; private init; }
}
