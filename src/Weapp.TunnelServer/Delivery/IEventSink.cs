namespace Weapp.TunnelServer.Delivery;

/// <summary>Where a tunnel's events go. It reports failure as an outcome and does not throw.</summary>
internal interface IEventSink
{
    /// <summary>The app, and what its tunnels have in common.</summary>
    AppLink App { get; }

    /// <summary>Whether the app wants nothing more.</summary>
    bool IsGone => false;

    /// <summary>Tries once.</summary>
    ValueTask<DeliveryOutcome> DeliverAsync(string tunnelId, TunnelEvent tunnelEvent, CancellationToken cancellationToken);
}
