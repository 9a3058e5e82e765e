namespace Weapp.TunnelServer.Delivery;

/// <summary>Where a tunnel's events go. It reports failure as an outcome and does not throw.</summary>
internal interface IEventSink
{
    /// <summary>Tries once.</summary>
    ValueTask<DeliveryOutcome> DeliverAsync(string tunnelId, TunnelEvent tunnelEvent, CancellationToken cancellationToken);
}

/// <summary>What one try came to.</summary>
/// <param name="Verdict">What is to happen next.</param>
/// <param name="Reason">The reason in words; it goes into the log.</param>
internal readonly record struct DeliveryOutcome(DeliveryVerdict Verdict, string Reason)
{
    public static DeliveryOutcome Accepted { get; } = new(DeliveryVerdict.Accepted, "accepted");

    public static DeliveryOutcome Retry(string reason) => new(DeliveryVerdict.Retry, reason);

    public static DeliveryOutcome Refused(string reason) => new(DeliveryVerdict.Refused, reason);
}

/// <summary>What is to happen with an event.</summary>
internal enum DeliveryVerdict
{
    /// <summary>The app has it.</summary>
    Accepted,

    /// <summary>It may work later.</summary>
    Retry,

    /// <summary>It would be refused again.</summary>
    Refused,

    /// <summary>This server stopped first.</summary>
    GivenUp,
}
