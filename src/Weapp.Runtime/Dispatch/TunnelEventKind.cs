namespace Weapp;

/// <summary>What happened to a tunnel.</summary>
public enum TunnelEventKind
{
    /// <summary>A phone has been given the tunnel.</summary>
    Request,

    /// <summary>The phone has connected.</summary>
    Connect,

    /// <summary>The phone has sent a message.</summary>
    Message,

    /// <summary>The tunnel has ended.</summary>
    Close,
}
