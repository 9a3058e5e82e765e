using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Weapp.TunnelServer.Diagnostics;

namespace Weapp.TunnelServer.Delivery;

/// <summary>Tries until an event is delivered, refused, or has been tried too often.</summary>
internal sealed class EventDelivery(IOptions<TunnelServerOptions> options, TimeProvider time, ILoggerFactory loggers) : IDisposable
{
    private static readonly TimeSpan LongestPauseWhileStopping = TimeSpan.FromSeconds(1);

    private readonly ILogger _logger = loggers.CreateLogger(TunnelServerLog.Category);
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _giveUp = new();

    /// <summary>The host stops: long pauses end, and short ones take their place.</summary>
    public void Hurry() => _stopping.Cancel();

    /// <summary>The host does not wait any longer.</summary>
    public void GiveUp() => _giveUp.Cancel();

    public async ValueTask<DeliveryVerdict> DeliverAsync(string tunnelId, IEventSink sink, TunnelEvent tunnelEvent)
    {
        for (var attempt = 1; ; attempt++)
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
                case DeliveryVerdict.Retry when attempt >= options.Value.DeliveryAttempts:
                    TunnelServerLog.DeliveryExhausted(_logger, TunnelServerLog.Short(tunnelId), tunnelEvent.Type, attempt, outcome.Reason);
                    return outcome.Verdict;
                case DeliveryVerdict.Retry when attempt == 1:
                    TunnelServerLog.DeliveryFailing(_logger, TunnelServerLog.Short(tunnelId), tunnelEvent.Type, outcome.Reason);
                    break;
            }

            if (_giveUp.IsCancellationRequested)
                return DeliveryVerdict.GivenUp;
            await PauseAsync(attempt);
        }
    }

    public void Dispose()
    {
        _stopping.Dispose();
        _giveUp.Dispose();
    }

    private async ValueTask<DeliveryOutcome> TryAsync(string tunnelId, IEventSink sink, TunnelEvent tunnelEvent)
    {
        try
        {
            return await sink.DeliverAsync(tunnelId, tunnelEvent.Type, tunnelEvent.Content, _giveUp.Token);
        }
        catch (OperationCanceledException) when (_giveUp.IsCancellationRequested)
        {
            return DeliveryOutcome.Retry("server stopped");
        }
    }

    private async Task PauseAsync(int attempt)
    {
        var pause = RetrySchedule.After(attempt);
        var token = _stopping.Token;
        if (token.IsCancellationRequested)
        {
            token = _giveUp.Token;
            if (pause > LongestPauseWhileStopping)
                pause = LongestPauseWhileStopping;
        }

        await Task.Delay(pause, time, token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
