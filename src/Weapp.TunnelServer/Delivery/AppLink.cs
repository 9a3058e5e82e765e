using Microsoft.Extensions.Logging;
using Weapp.TunnelServer.Diagnostics;
using Weapp.TunnelServer.Tunnels;

namespace Weapp.TunnelServer.Delivery;

/// <summary>
/// What the tunnels of one app have in common on the way to it. Only so many events are sent at once. While the app is away one event at a time
/// finds out whether it is back; the others wait, and learn of each failure as though it were theirs.
/// </summary>
internal sealed class AppLink
{
    // Below it a failure may be the fault of one event, or of one of the app's processes.
    private const int FailuresOfAnAppThatIsAway = 3;

    // Beyond it close events are given up as early as others: each of them holds memory for as long as the app is away.
    private const int MaxKeptCloses = 20_000;

    // Within a longer pause one event looks whether the app is back; that it is not counts for nobody.
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan ShortestRetryAfter = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestRetryAfter = TimeSpan.FromSeconds(60);

    private readonly Lock _gate = new();
    private readonly SemaphoreSlim? _turns;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly TunnelServerMetrics _metrics;
    private readonly CancellationToken _hurried;
    private int _failures;
    private bool _isAway;
    private bool _mayLook;
    private bool _isDue;
    private TaskCompletionSource? _probe;
    private long _awaySince;
    private long _pauseSince;
    private TimeSpan _pause;
    private int _keptCloses;
    private ITimer? _timer;
    private TaskCompletionSource<DeliveryOutcome?> _change = NewChange();

    /// <param name="name">The app's name in logs.</param>
    /// <param name="turns">How many events may be with the app at once; null for as many as there are.</param>
    /// <param name="backlog">How many bytes of its events may wait.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">The log.</param>
    /// <param name="metrics">The counters.</param>
    /// <param name="hurried">Is cancelled when the server stops: then it waits no longer than a second between tries.</param>
    public AppLink(string name, int? turns, long backlog, TimeProvider time, ILogger logger, TunnelServerMetrics metrics, CancellationToken hurried)
    {
        _turns = turns is { } count ? new SemaphoreSlim(count) : null;
        Inherited = new SemaphoreSlim(Math.Max(1, (turns ?? 0) / 2));
        (_time, _logger, _metrics, _hurried) = (time, logger, metrics, hurried);
        Name = name;
        Backlog = new AppBacklog(backlog, metrics);
        Troubles = new AppTroubles(name, time, logger);
    }

    public string Name { get; }

    public AppBacklog Backlog { get; }

    public AppTroubles Troubles { get; }

    /// <summary>How many close events of dead nodes may ask for a turn at once: they come by the thousand, and what phones say here is not to wait for all of them.</summary>
    public SemaphoreSlim Inherited { get; }

    /// <summary>The route of the last tunnel, for the next one.</summary>
    public TunnelRoute? LastRoute { get; set; }

    /// <summary>Whether the app could not be reached the last time; <see cref="SendAsync"/> waits then.</summary>
    public bool IsAway => Volatile.Read(ref _isAway);

    /// <summary>Whether the last attempt found nobody: connections that look well may lead nowhere.</summary>
    public bool HasFailed => Volatile.Read(ref _failures) > 0;

    /// <summary>Sends an event in its turn; while the app is away, reports the failure of whichever event was sent.</summary>
    public async ValueTask<DeliveryOutcome> SendAsync(IEventSink sink, string tunnelId, TunnelEvent tunnelEvent, CancellationToken cancellationToken)
    {
        while (true)
        {
            TaskCompletionSource? probe = null;
            if (IsAway)
            {
                (probe, var failure) = await WaitAsync(cancellationToken);
                if (failure is not null)
                    return failure.Value;
            }

            DeliveryOutcome? outcome = null;
            if (_turns is not null)
                await _turns.WaitAsync(probe is null ? cancellationToken : CancellationToken.None);
            try
            {
                // It may have gone while this event waited for its turn.
                if (IsAway && probe is null)
                    continue;
                var start = _time.GetTimestamp();
                var tried = await sink.DeliverAsync(tunnelId, tunnelEvent, cancellationToken);
                if (tried.Verdict == DeliveryVerdict.GivenUp)
                    return tried;
                _metrics.Attempt(_time.GetElapsedTime(start), tried.Verdict);
                outcome = tried;
            }
            finally
            {
                _turns?.Release();
                if (probe is not null && outcome is null)
                    EndProbe(probe);
            }

            if (Note(outcome.Value, probe))
                return outcome.Value;
        }
    }

    /// <summary>Whether the app's close event may wait for it for long; <see cref="DropClose"/> is called for each one that may.</summary>
    public bool KeepClose()
    {
        if (Interlocked.Increment(ref _keptCloses) <= MaxKeptCloses)
            return true;
        DropClose();
        return false;
    }

    public void DropClose() => Interlocked.Decrement(ref _keptCloses);

    /// <summary>The app has called, so it may be back. One that has said when to ask again is not asked before.</summary>
    public void Called()
    {
        if (IsAway && Volatile.Read(ref _mayLook))
            Due();
    }

    private static TaskCompletionSource<DeliveryOutcome?> NewChange() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Ends when this event may be sent, because the app is back or this is the one that tries, or with the failure of the event that was.
    private async ValueTask<(TaskCompletionSource? Probe, DeliveryOutcome? Failure)> WaitAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task<DeliveryOutcome?> change;
            TaskCompletionSource? probe = null;
            lock (_gate)
            {
                if (!_isAway)
                    return default;
                change = _change.Task;
                if (_probe is null)
                {
                    // The others are not woken each time that it looks.
                    _probe = probe = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                    if (_isDue)
                        probe.SetResult();
                }
            }

            if (probe is null)
            {
                if (await change.WaitAsync(cancellationToken) is { } failure)
                    return (null, failure);
                continue;
            }

            try
            {
                await probe.Task.WaitAsync(cancellationToken);
            }
            catch
            {
                EndProbe(probe);
                throw;
            }

            lock (_gate)
            {
                if (_probe == probe)
                    return (probe, null);
            }
        }
    }

    // Without a result, because the server stops or the event was not sent: another one tries.
    private void EndProbe(TaskCompletionSource probe)
    {
        lock (_gate)
        {
            if (_probe != probe)
                return;
            _probe = null;
            Tell(null);
        }
    }

    // False for a look whose failure does not count.
    private bool Note(in DeliveryOutcome outcome, TaskCompletionSource? probe)
    {
        var isReached = outcome.Verdict != DeliveryVerdict.Unreachable;
        if (isReached && probe is null && Volatile.Read(ref _failures) == 0)
            return true;
        lock (_gate)
        {
            // An event that was on its way when the app left may have found it since.
            var isProbe = probe is not null && probe == _probe;
            if (isProbe)
                (_probe, _isDue) = (null, false);
            if (isReached)
            {
                if (_isAway)
                    Return();
                _failures = 0;
            }
            else if (isProbe && outcome.RetryAfter is null && PauseLeft is var left && left > TimeSpan.Zero)
            {
                Schedule(left);
                return false;
            }
            else if (isProbe || !_isAway)
            {
                _failures++;
                if (isProbe)
                    Wait(outcome);
                else if (outcome.IsCertain || _failures >= FailuresOfAnAppThatIsAway)
                    Leave(outcome);
            }
        }

        return true;
    }

    private TimeSpan PauseLeft => _hurried.IsCancellationRequested ? TimeSpan.Zero : _pause - _time.GetElapsedTime(_pauseSince);

    private void Leave(in DeliveryOutcome outcome)
    {
        Volatile.Write(ref _isAway, true);
        _awaySince = _time.GetTimestamp();
        TunnelServerLog.AppAway(_logger, Name, outcome.Reason);
        Wait(outcome);
    }

    private void Return()
    {
        Volatile.Write(ref _isAway, false);
        _timer?.Dispose();
        _timer = null;
        _isDue = false;
        _probe?.TrySetResult();
        _probe = null;
        TunnelServerLog.AppBack(_logger, Name, _time.GetElapsedTime(_awaySince).TotalSeconds, _failures);
        Tell(null);
    }

    private void Wait(in DeliveryOutcome outcome)
    {
        (_pause, _pauseSince) = (RetrySchedule.After(_failures, _hurried), _time.GetTimestamp());
        if (outcome.RetryAfter is { } asked && !_hurried.IsCancellationRequested)
        {
            _pause = TimeSpan.FromTicks(Math.Max(_pause.Ticks, Math.Clamp(asked.Ticks, ShortestRetryAfter.Ticks, LongestRetryAfter.Ticks)));
            Schedule(_pause, looks: false);
        }
        else
        {
            Schedule(_pause);
        }

        Tell(outcome);
    }

    private void Schedule(TimeSpan pause, bool looks = true)
    {
        _mayLook = looks;
        _timer?.Dispose();
        _timer = _time.CreateTimer(static link => ((AppLink)link!).Due(), this, looks && pause > LookEvery * 1.5 ? LookEvery : pause, Timeout.InfiniteTimeSpan);
    }

    // To be called with the lock held.
    private void Tell(DeliveryOutcome? failure)
    {
        var change = _change;
        _change = NewChange();
        change.SetResult(failure);
    }

    /// <summary>It is time to try again.</summary>
    public void Due()
    {
        lock (_gate)
        {
            if (!_isAway)
                return;
            _isDue = true;
            _probe?.TrySetResult();
        }
    }
}
