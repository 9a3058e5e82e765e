using System.Diagnostics;
using System.Diagnostics.Metrics;
using Weapp.Protocol;

namespace Weapp.Diagnostics;

/// <summary>The meter and the activity source <c>Weapp</c>.</summary>
internal sealed class WeappMetrics
{
    public const string Name = "Weapp";

    private readonly Counter<long> _events;
    private readonly Counter<long> _rejections;
    private readonly Counter<long> _pushes;

    public WeappMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(Name);
        _events = meter.CreateCounter<long>("weapp.tunnel.events", "{event}", "Events that reached the app, by kind and outcome.");
        _rejections = meter.CreateCounter<long>("weapp.tunnel.rejections", "{request}", "Requests on the tunnel path that were refused, by code.");
        _pushes = meter.CreateCounter<long>("weapp.tunnel.pushes", "{push}", "Calls to the tunnel server, by outcome.");
    }

    public static ActivitySource Activities { get; } = new(Name);

    public void Event(TunnelEventKind kind, string outcome)
    {
        if (_events.Enabled)
            _events.Add(1, new("kind", kind.ToString()), new("outcome", outcome));
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
}
