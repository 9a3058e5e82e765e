using System.Diagnostics;
using System.Diagnostics.Metrics;
using Weapp.Protocol;

namespace Weapp.Diagnostics;

/// <summary>The meter and the activity source <c>Weapp</c>.</summary>
internal sealed class WeappMetrics
{
    private const string MeterName = "Weapp";

    private readonly Counter<long> _events;
    private readonly Counter<long> _rejections;
    private readonly Counter<long> _pushes;

    public WeappMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _events = meter.CreateCounter<long>("weapp.tunnel.events", "{event}", "Events that reached the app, by kind and outcome.");
        _rejections = meter.CreateCounter<long>("weapp.tunnel.rejections", "{request}", "Requests on the tunnel path that were refused, by code.");
        _pushes = meter.CreateCounter<long>("weapp.tunnel.pushes", "{push}", "Calls to the tunnel server, by outcome.");
    }

    public static ActivitySource Activities { get; } = new(MeterName);

    public void Event(TunnelEventKind kind, TunnelEventOutcome outcome)
    {
        if (_events.Enabled)
            _events.Add(1, new("kind", kind.ToString()), new("outcome", Name(outcome)));
    }

    /// <summary>An event of a kind that this version does not know: accepted, and nobody sees it.</summary>
    public void UnknownEvent()
    {
        if (_events.Enabled)
            _events.Add(1, new("kind", "Unknown"), new("outcome", Name(TunnelEventOutcome.Unhandled)));
    }

    public void Rejected(Rejection rejection)
    {
        if (_rejections.Enabled)
            _rejections.Add(1, new KeyValuePair<string, object?>("code", rejection.Code));
    }

    public void Pushed(string outcome)
    {
        if (_pushes.Enabled)
            _pushes.Add(1, new KeyValuePair<string, object?>("outcome", outcome));
    }

    private static string Name(TunnelEventOutcome outcome) => outcome switch
    {
        TunnelEventOutcome.Handled => "handled",
        TunnelEventOutcome.Unhandled => "unhandled",
        TunnelEventOutcome.BadContent => "bad_content",
        TunnelEventOutcome.NoUser => "no_user",
        TunnelEventOutcome.Failed => "failed",
        _ => "timeout",
    };
}
