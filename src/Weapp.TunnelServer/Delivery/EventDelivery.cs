using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Weapp.TunnelServer.Diagnostics;

namespace Weapp.TunnelServer.Delivery;

/// <summary>Tries until an event is delivered, refused, or has been tried too often.</summary>
internal sealed class EventDelivery : IDisposable
{
    private static readonly TimeSpan LongestPauseWhileStopping = TimeSpan.FromSeconds(1);

    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly int _attempts;
    private readonly CancellationTokenSource _hurry = new();
    private readonly CancellationTokenSource _giveUp = new();

    // Kept apart from their sources: deliveries that were given up end after those have been disposed of.
    private readonly CancellationToken _hurried;
    private readonly CancellationToken _givenUp;

    public EventDelivery(IOptions<TunnelServerOptions> options, TimeProvider time, ILoggerFactory loggers)
    {
        _time = time;
        _logger = loggers.CreateLogger(TunnelServerLog.Category);
        _attempts = options.Value.DeliveryAttempts;
        _hurried = _hurry.Token;
        _givenUp = _giveUp.Token;
    }

    /// <summary>The host stops: long pauses end, and short ones take their place.</summary>
    public void Hurry() => _ = _hurry.CancelAsync();

    /// <summary>The host does not wait any longer.</summary>
    public void GiveUp() => _ = _giveUp.CancelAsync();

    public async ValueTask<DeliveryVerdict> DeliverAsync(string tunnelId, IEventSink sink, TunnelEvent tunnelEvent)
    {
        for (var attempt = 1; !_givenUp.IsCancellationRequested; attempt++)
        {
            var outcome = await TryAsync(tunnelId, sink, tunnelEvent);
            switch (outcome.Verdict)
            {
                case DeliveryVerdict.Accepted:
                    if (attempt > 1)
                        TunnelServerLog.DeliveryRecovered(_logger, TunnelServerLog.Short(tunnelId), attempt);
                    return outcome.Verdict;
                case DeliveryVerdict.Refused:
                    TunnelServerLog.DeliveryRefused(_logger, TunnelServerLog.Short(tunnelId), tunnelEvent.Type, outcome.Reason);
                    return outcome.Verdict;
                case DeliveryVerdict.Retry when attempt >= _attempts:
                    TunnelServerLog.DeliveryExhausted(_logger, TunnelServerLog.Short(tunnelId), tunnelEvent.Type, attempt, outcome.Reason);
                    return outcome.Verdict;
                case DeliveryVerdict.Retry when attempt == 1:
                    TunnelServerLog.DeliveryFailing(_logger, TunnelServerLog.Short(tunnelId), tunnelEvent.Type, outcome.Reason);
                    break;
            }

            await PauseAsync(attempt);
        }

        return DeliveryVerdict.GivenUp;
    }

    public void Dispose()
    {
        _hurry.Dispose();
        _giveUp.Dispose();
    }

    private async ValueTask<DeliveryOutcome> TryAsync(string tunnelId, IEventSink sink, TunnelEvent tunnelEvent)
    {
        try
        {
            return await sink.DeliverAsync(tunnelId, tunnelEvent, _givenUp);
        }
        catch (OperationCanceledException) when (_givenUp.IsCancellationRequested)
        {
            return DeliveryOutcome.Retry("server stopped");
        }
    }

    private async Task PauseAsync(int attempt)
    {
        var pause = RetrySchedule.After(attempt);
        var token = _hurried;
        if (token.IsCancellationRequested)
        {
            token = _givenUp;
            if (pause > LongestPauseWhileStopping)
                pause = LongestPauseWhileStopping;
        }

        await Task.Delay(pause, _time, token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
