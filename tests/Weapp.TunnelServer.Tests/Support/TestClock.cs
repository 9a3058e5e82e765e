using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;

namespace Weapp.TunnelServer.Tests.Support;

/// <summary>A clock that the test moves, and that tells which one-time timers were set: a test can wait for a pause before it ends it.</summary>
public sealed class TestClock : FakeTimeProvider
{
    private readonly Channel<TimeSpan> _timers = Channel.CreateUnbounded<TimeSpan>();

    /// <summary>By how much somebody has set the clock; nothing that lasts is longer or shorter for it.</summary>
    public TimeSpan Step { get; set; }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Step;

    public override long GetTimestamp() => base.GetUtcNow().UtcTicks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        if (period == Timeout.InfiniteTimeSpan)
            _timers.Writer.TryWrite(dueTime);
        return timer;
    }

    /// <summary>The next one-time timer's time, already set or still to come.</summary>
    public async Task<TimeSpan> NextTimerAsync() => await _timers.Reader.ReadAsync().AsTask().WaitAsync(Phone.Deadline);

    /// <summary>The next one-time timer of such a time; those before it are passed over.</summary>
    public async Task<TimeSpan> NextTimerAsync(Predicate<TimeSpan> match)
    {
        while (true)
        {
            var time = await NextTimerAsync();
            if (match(time))
                return time;
        }
    }

    /// <summary>Waits for a timer and moves the clock to its end.</summary>
    public async Task<TimeSpan> RunNextTimerAsync()
    {
        var time = await NextTimerAsync();
        Advance(time);
        return time;
    }
}
