using System.Diagnostics;
using System.Diagnostics.Metrics;
using Weapp.Protocol.Frames;
using Weapp.Protocol.Packets;
using Weapp.TunnelServer.Delivery;
using Weapp.TunnelServer.Tunnels;

namespace Weapp.TunnelServer.Diagnostics;

/// <summary>The meter and the activity source <c>Weapp.TunnelServer</c>; docs/observability.md lists what is in them.</summary>
internal sealed class TunnelServerMetrics
{
    /// <summary>Those of OpenTelemetry's conventions for HTTP calls; what a collector takes unasked is for milliseconds.</summary>
    private static readonly InstrumentAdvice<double> Seconds =
        new() { HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10] };

    private readonly Meter _meter;
    private readonly UpDownCounter<long> _tunnels;
    private readonly Counter<long> _ended;
    private readonly Counter<long> _connectsRefused;
    private readonly Counter<long> _framesCame;
    private readonly Counter<long> _framesWent;
    private readonly Counter<long> _events;
    private readonly Histogram<double> _attempts;
    private readonly UpDownCounter<long> _waiting;
    private readonly UpDownCounter<long> _waitingBytes;
    private readonly Counter<long> _dropped;
    private readonly Counter<long> _calls;
    private readonly Counter<long> _pushed;

    public TunnelServerMetrics(IMeterFactory meters)
    {
        var meter = _meter = meters.Create(TunnelServerOptions.MeterName);
        _tunnels = meter.CreateUpDownCounter<long>("weapp.tunnel_server.tunnels", "{tunnel}", "Tunnels that are open.");
        _ended = meter.CreateCounter<long>("weapp.tunnel_server.tunnels.ended", "{tunnel}", "Tunnels that have ended, by reason.");
        _connectsRefused = meter.CreateCounter<long>("weapp.tunnel_server.connects.refused", "{request}", "Phones that were not let in, by reason.");
        _framesCame = meter.CreateCounter<long>("weapp.tunnel_server.frames.received", "{frame}", "Frames of phones, by type.");
        _framesWent = meter.CreateCounter<long>("weapp.tunnel_server.frames.sent", "{frame}", "Frames that were taken for phones.");
        _events = meter.CreateCounter<long>("weapp.tunnel_server.events", "{event}", "Events that were delivered or given up, by type and outcome.");
        _attempts = meter.CreateHistogram("weapp.tunnel_server.delivery.duration", "s", "How long one attempt to deliver an event took, by outcome.", advice: Seconds);
        _waiting = meter.CreateUpDownCounter<long>("weapp.tunnel_server.messages.waiting", "{message}", "Messages that wait for an app or are with it.");
        _waitingBytes = meter.CreateUpDownCounter<long>("weapp.tunnel_server.messages.waiting.size", "By", "The bytes of messages that wait for an app or are with it.");
        _dropped = meter.CreateCounter<long>("weapp.tunnel_server.messages.dropped", "{message}", "Messages that were given up with their tunnels because the app refused an event or was away too long.");
        _calls = meter.CreateCounter<long>("weapp.tunnel_server.calls", "{call}", "Calls of apps, by route and code; 0 is success.");
        _pushed = meter.CreateCounter<long>("weapp.tunnel_server.pushes", "{tunnel}", "Tunnels that apps pushed to, by outcome.");
    }

    public static ActivitySource Activities { get; } = new(TunnelServerOptions.MeterName);

    public static string Name(PacketType type) => type switch
    {
        PacketType.Connect => "connect",
        PacketType.Message => "message",
        _ => "close",
    };

    public void Opened() => _tunnels.Add(1);

    public void Ended(TunnelEnd end)
    {
        _tunnels.Add(-1);
        _ended.Add(1, new KeyValuePair<string, object?>("reason", end.Name));
    }

    public void ConnectRefused(string reason) => _connectsRefused.Add(1, new KeyValuePair<string, object?>("reason", reason));

    public void FrameCame(FrameType type)
    {
        if (_framesCame.Enabled)
            _framesCame.Add(1, new KeyValuePair<string, object?>("type", Name(type)));
    }

    public void FrameWent() => _framesWent.Add(1);

    public void Event(PacketType type, DeliveryVerdict verdict)
    {
        if (_events.Enabled)
            _events.Add(1, new("type", Name(type)), new("outcome", Name(verdict)));
    }

    public void Attempt(TimeSpan duration, DeliveryVerdict verdict)
    {
        if (_attempts.Enabled)
            _attempts.Record(duration.TotalSeconds, new KeyValuePair<string, object?>("outcome", Name(verdict)));
    }

    public void Waiting(int messages, int bytes)
    {
        _waiting.Add(messages);
        _waitingBytes.Add(bytes);
    }

    public void Dropped(int messages) => _dropped.Add(messages);

    /// <summary>Has the apps counted that are away whenever somebody looks: they may be forgotten without having come back.</summary>
    public void CountAppsAway(Func<int> count) =>
        _meter.CreateObservableUpDownCounter("weapp.tunnel_server.apps.away", count, "{app}", "Apps that cannot be reached.");

    public void Call(string route, int code)
    {
        if (_calls.Enabled)
            _calls.Add(1, new("route", route), new("code", code));
    }

    public void Pushed(PushOutcome outcome)
    {
        Pushed("taken", outcome.Taken);
        Pushed("invalid", outcome.Invalid.Count);
        Pushed("undelivered", outcome.Undelivered.Count);
    }

    private void Pushed(string outcome, int count)
    {
        if (count > 0 && _pushed.Enabled)
            _pushed.Add(count, new KeyValuePair<string, object?>("outcome", outcome));
    }

    private static string Name(FrameType type) => type switch
    {
        FrameType.Message => "message",
        FrameType.Ping => "ping",
        FrameType.Close => "close",
        _ => "ignored",
    };

    private static string Name(DeliveryVerdict verdict) => verdict switch
    {
        DeliveryVerdict.Accepted => "accepted",
        DeliveryVerdict.Failed => "failed",
        DeliveryVerdict.Unreachable => "unreachable",
        DeliveryVerdict.Refused => "refused",
        _ => "given_up",
    };
}
