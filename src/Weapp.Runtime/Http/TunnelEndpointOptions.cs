using System.Diagnostics.CodeAnalysis;
using Weapp.Dispatch;

namespace Weapp;

/// <summary>How a tunnel endpoint behaves.</summary>
public sealed class TunnelEndpointOptions
{
    /// <summary>Whether a phone needs a session to get a tunnel; handlers then know its user. Default false.</summary>
    public bool CheckLogin { get; set; }

    /// <summary>When an event is acknowledged to the tunnel server. Default after the handler.</summary>
    public TunnelAcknowledge Acknowledge { get; set; }

    /// <summary>
    /// How long a handler may take for one event, waiting for its turn not included. Then its <see cref="CancellationToken"/> is cancelled and
    /// the event is answered; later events of the tunnel still wait for it. A method that blocks its thread is waited for. Default 10 s.
    /// </summary>
    public TimeSpan HandlerTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Whether the tunnel server is told that a handler failed or took too long, so that the event comes again. Default false: it is logged and acknowledged.
    /// </summary>
    public bool ReportHandlerFailure { get; set; }

    /// <summary>What happens when a message's content does not fit the method that takes it. It is logged and counted in any case. Default acknowledge.</summary>
    public TunnelBadContent OnBadContent { get; set; }

    /// <summary>
    /// Whether an event that comes before an earlier one of its tunnel is refused with 409 9009, so that the tunnel server sends the earlier one first. Only
    /// events with numbers are checked, which our tunnel server sends. Default true. Switch it off where several processes of the app share the path behind
    /// a balancer: each of them sees a part of the numbers. Repeats are kept from the handler either way.
    /// </summary>
    public bool CheckSequence { get; set; } = true;

    /// <summary>
    /// How many tunnels a user may ask for each second in the long run; beyond that, and beyond <see cref="RequestBurst"/>, the answer is 429. It
    /// needs <see cref="CheckLogin"/>, which tells who asks. Default 5.
    /// </summary>
    public int RequestsPerSecond { get; set; } = 5;

    /// <summary>How many tunnels a user may ask for at once. Default 50.</summary>
    public int RequestBurst { get; set; } = 50;

    internal List<TunnelFilterFactory> Filters { get; } = [];

    /// <summary>Adds a filter around the calls of this path's handler.</summary>
    /// <typeparam name="TFilter">The filter: taken from an event's services, or made from them.</typeparam>
    public void AddFilter<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TFilter>()
        where TFilter : class, ITunnelFilter =>
        Filters.Add(TunnelFilterFactory.For<TFilter>());
}

/// <summary>What happens when a message's content does not fit.</summary>
public enum TunnelBadContent
{
    /// <summary>The message is acknowledged as any other, and the handler does not hear of it.</summary>
    Acknowledge,

    /// <summary>The tunnel is closed as well, for good: the phone does not come back by itself.</summary>
    CloseTunnel,
}

/// <summary>When an event is acknowledged to the tunnel server.</summary>
public enum TunnelAcknowledge
{
    /// <summary>When the handler has ended: the tunnel server sees how fast the app is, and may be told of failures.</summary>
    AfterHandler,

    /// <summary>
    /// At once: the tunnel server is free early, and never hears of failures. Events wait for their turn in the app's memory, however many they are.
    /// </summary>
    BeforeHandler,
}
