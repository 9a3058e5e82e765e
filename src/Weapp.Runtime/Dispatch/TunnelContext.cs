namespace Weapp;

/// <summary>A tunnel and the event that is being handled, for handler methods that need more than the tunnel's id.</summary>
public sealed class TunnelContext
{
    internal TunnelContext(
        string tunnelId, TunnelEventKind kind, string? messageType, UserInfo? user, IServiceProvider services, CancellationToken cancellationToken)
    {
        TunnelId = tunnelId;
        Kind = kind;
        MessageType = messageType;
        User = user;
        Services = services;
        CancellationToken = cancellationToken;
    }

    /// <summary>The tunnel's id.</summary>
    public string TunnelId { get; }

    /// <summary>What happened.</summary>
    public TunnelEventKind Kind { get; }

    /// <summary>The message's type; null for other events.</summary>
    public string? MessageType { get; }

    /// <summary>The user whose tunnel it is; null where the endpoint checks no logins, or the app has been restarted since.</summary>
    public UserInfo? User { get; }

    /// <summary>The event's services.</summary>
    public IServiceProvider Services { get; }

    /// <summary>Cancelled when the handler's time is up.</summary>
    public CancellationToken CancellationToken { get; }
}
