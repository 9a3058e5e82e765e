namespace Weapp.TunnelServer.Delivery;

/// <summary>What one try came to.</summary>
/// <param name="Verdict">What is to happen next.</param>
/// <param name="Reason">The reason in words; it goes into the log.</param>
internal readonly record struct DeliveryOutcome(DeliveryVerdict Verdict, string Reason)
{
    public static DeliveryOutcome Accepted { get; } = new(DeliveryVerdict.Accepted, "accepted");

    /// <summary>Whether one such failure is enough to take the app for away; else it may be the one event's fault.</summary>
    public bool IsCertain { get; private init; }

    /// <summary>When the app wants to be asked again; null where it does not say.</summary>
    public TimeSpan? RetryAfter { get; private init; }

    /// <summary>Whether the app wants nothing more at that address.</summary>
    public bool IsGone { get; private init; }

    public static DeliveryOutcome Failed(string reason) => new(DeliveryVerdict.Failed, reason);

    public static DeliveryOutcome Unreachable(string reason, bool isCertain, TimeSpan? retryAfter = null) =>
        new(DeliveryVerdict.Unreachable, reason) { IsCertain = isCertain || retryAfter is not null, RetryAfter = retryAfter };

    public static DeliveryOutcome Refused(string reason) => new(DeliveryVerdict.Refused, reason);

    public static DeliveryOutcome Gone(string reason) => new(DeliveryVerdict.Refused, reason) { IsGone = true };

    public static DeliveryOutcome GivenUp(string reason) => new(DeliveryVerdict.GivenUp, reason);
}

/// <summary>What is to happen with an event.</summary>
internal enum DeliveryVerdict
{
    /// <summary>The app has it.</summary>
    Accepted,

    /// <summary>The app could not handle it, and may do so later.</summary>
    Failed,

    /// <summary>The app did not answer, or something in front of it did.</summary>
    Unreachable,

    /// <summary>It would be refused again.</summary>
    Refused,

    /// <summary>This server stopped first, or may not speak for the tunnel any more. Where there are other nodes, one of them goes on.</summary>
    GivenUp,
}
