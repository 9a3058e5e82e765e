using System.Diagnostics;
using Microsoft.Extensions.Options;
using Weapp.Protocol.Packets;
using Weapp.TunnelServer.Diagnostics;

namespace Weapp.TunnelServer.Delivery;

/// <summary>Tries until an event is delivered, refused, or has been tried too often.</summary>
internal sealed class EventDelivery : IDisposable
{
    /// <summary>How long a close event waits for an app that cannot be reached.</summary>
    public static readonly TimeSpan ClosePatience = TimeSpan.FromHours(24);

    private readonly TimeProvider _time;
    private readonly TunnelServerMetrics _metrics;
    private readonly int _attempts;
    private readonly TimeSpan _patience;
    private readonly CancellationTokenSource _hurry = new();
    private readonly CancellationTokenSource _giveUp = new();

    // Kept apart from its source: deliveries that were given up end after that has been disposed of.
    private readonly CancellationToken _givenUp;

    public EventDelivery(IOptions<TunnelServerOptions> options, TunnelServerMetrics metrics, TimeProvider time)
    {
        (_time, _metrics) = (time, metrics);
        _attempts = options.Value.DeliveryAttempts;
        _patience = RetrySchedule.Longest(_attempts);
        Hurried = _hurry.Token;
        _givenUp = _giveUp.Token;
    }

    /// <summary>Is cancelled when the host stops.</summary>
    public CancellationToken Hurried { get; }

    /// <summary>The host stops: long pauses end, and short ones take their place.</summary>
    public void Hurry() => _ = _hurry.CancelAsync();

    /// <summary>The host does not wait any longer.</summary>
    public void GiveUp() => _ = _giveUp.CancelAsync();

    public async ValueTask<DeliveryVerdict> DeliverAsync(string tunnelId, IEventSink sink, TunnelEvent tunnelEvent)
    {
        using var activity = TunnelServerMetrics.Activities.StartActivity("deliver event", ActivityKind.Producer);
        activity?.SetTag("weapp.event", TunnelServerMetrics.Name(tunnelEvent.Type));
        activity?.SetTag("weapp.tunnel", TunnelServerLog.Short(tunnelId));
        activity?.SetTag("server.address", sink.App.Name);
        var verdict = await TryAllAsync(tunnelId, sink, tunnelEvent);
        _metrics.Event(tunnelEvent.Type, verdict);
        if (verdict != DeliveryVerdict.Accepted)
            activity?.SetStatus(ActivityStatusCode.Error, verdict.ToString());
        return verdict;
    }

    public void Dispose()
    {
        _hurry.Dispose();
        _giveUp.Dispose();
    }

    private async ValueTask<DeliveryVerdict> TryAllAsync(string tunnelId, IEventSink sink, TunnelEvent tunnelEvent)
    {
        var app = sink.App;
        var started = _time.GetTimestamp();
        var isKept = false;
        try
        {
            for (var attempt = 1; !_givenUp.IsCancellationRequested; attempt++)
            {
                var outcome = sink.IsGone ? DeliveryOutcome.Refused("status 410 before") : await TryAsync(tunnelId, sink, tunnelEvent);
                switch (outcome.Verdict)
                {
                    case DeliveryVerdict.Accepted:
                        app.Troubles.Accepted();
                        return outcome.Verdict;
                    case DeliveryVerdict.Refused:
                        app.Troubles.Refused(tunnelId, tunnelEvent.Type, outcome.Reason);
                        return outcome.Verdict;
                    case DeliveryVerdict.GivenUp:
                        return outcome.Verdict;
                    case DeliveryVerdict.Failed:
                        app.Troubles.Failing(tunnelId, tunnelEvent.Type, outcome.Reason);
                        break;
                }

                var elapsed = _time.GetElapsedTime(started);
                if (attempt >= _attempts || elapsed >= _patience)
                {
                    var waits = tunnelEvent.Type == PacketType.Close && outcome.Verdict == DeliveryVerdict.Unreachable && elapsed < ClosePatience;
                    if (!waits || Hurried.IsCancellationRequested || !(isKept = isKept || app.KeepClose()))
                    {
                        app.Troubles.Exhausted(tunnelId, tunnelEvent.Type, attempt, outcome.Reason);
                        return waits && Hurried.IsCancellationRequested ? DeliveryVerdict.GivenUp : outcome.Verdict;
                    }
                }

                // The way to an app that is away has its own pauses.
                if (!app.IsAway)
                    await PauseAsync(attempt);
            }
        }
        finally
        {
            if (isKept)
                app.DropClose();
        }

        return DeliveryVerdict.GivenUp;
    }

    private async ValueTask<DeliveryOutcome> TryAsync(string tunnelId, IEventSink sink, TunnelEvent tunnelEvent)
    {
        try
        {
            return await sink.App.SendAsync(sink, tunnelId, tunnelEvent, _givenUp);
        }
        catch (OperationCanceledException) when (_givenUp.IsCancellationRequested)
        {
            return DeliveryOutcome.GivenUp("server stopped");
        }
    }

    private async Task PauseAsync(int attempt) => await Task
        .Delay(RetrySchedule.After(attempt, Hurried), _time, Hurried.IsCancellationRequested ? _givenUp : Hurried)
        .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
