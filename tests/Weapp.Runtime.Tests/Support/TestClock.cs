using System.Collections.Concurrent;
using Microsoft.Extensions.Time.Testing;

namespace Weapp.Runtime.Tests.Support;

/// <summary>A clock that the test moves, and that tells which timers were set: a test waits for a time-out's timer before it lets the time pass.</summary>
public sealed class TestClock : FakeTimeProvider
{
    private readonly ConcurrentDictionary<TimeSpan, SemaphoreSlim> _timers = new();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        TimersOf(dueTime).Release();
        return timer;
    }

    /// <summary>Waits until so many timers of that length have been set, beyond those waited for before.</summary>
    public async Task TimersAsync(TimeSpan dueTime, int count = 1)
    {
        for (var i = 0; i < count; i++)
            Assert.True(await TimersOf(dueTime).WaitAsync(Limits.Deadline, TestContext.Current.CancellationToken), $"No timer of {dueTime} was set.");
    }

    /// <summary>Waits for timers of one length and moves the clock to their end.</summary>
    public async Task PassAsync(TimeSpan dueTime, int count = 1)
    {
        await TimersAsync(dueTime, count);
        Advance(dueTime);
    }

    private SemaphoreSlim TimersOf(TimeSpan dueTime) => _timers.GetOrAdd(dueTime, static _ => new SemaphoreSlim(0));
}
