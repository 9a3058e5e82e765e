using Weapp.TestKit;
using Weapp.TestKit.Nodes;
using Weapp.TunnelServer.Tests.Support;

namespace Weapp.TunnelServer.Tests.Nodes;

/// <summary>A push is answered within two seconds, whoever else does not answer. They pass on the nodes' clock, which the test moves.</summary>
public sealed class PushPatienceTests
{
    private static readonly TimeSpan Promise = TimeSpan.FromSeconds(2);

    // No time that a push could wait.
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(1);

    private readonly TestClock _clock = new();
    private Task<TimeSpan>? _nextTimer;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task When_Redis_does_not_say_who_holds_the_tunnel()
    {
        await using var cluster = await StartAsync();
        var (a, b) = (cluster.Nodes[0], cluster.Nodes[1]);
        var phone = await cluster.ConnectAsync(b, b);
        a.Network.HoldAnswersTo(phone.TunnelId);
        var push = cluster.PushAsync(a, "{}", phone.TunnelId);
        var start = _clock.GetTimestamp();
        await PassAsync(IsWait, push);
        Assert.Equal([phone.TunnelId], (await push).Undelivered);
        Assert.InRange(_clock.GetElapsedTime(start), TimeSpan.Zero, Promise);
    }

    [Fact]
    public async Task When_the_node_that_holds_the_tunnel_is_silent_and_Redis_does_not_say_whether_it_is_dead()
    {
        await using var cluster = await StartAsync();
        var (a, b) = (cluster.Nodes[0], cluster.Nodes[1]);
        var phone = await cluster.ConnectAsync(b, b);
        var holder = await cluster.HolderAsync(phone.TunnelId);
        b.Network.Partition();
        bool isWhole;
        do
        {
            ForgetTimers();
            var start = _clock.GetTimestamp();
            a.Network.HoldAnswersTo(phone.TunnelId);
            var push = cluster.PushAsync(a, "{}", phone.TunnelId);
            await NextTimerAsync(IsWait, push);
            a.Network.ReleaseAnswers();

            // Now it asks the holder, and after that Redis. On a busy machine the client of Redis, whose clock is the machine's, may give up first: once more.
            var asks = await NextTimerAsync(IsWait, push);
            a.Network.HoldAnswersTo(holder);
            _clock.Advance(asks ?? TimeSpan.Zero);
            isWhole = asks is not null && await PassAsync(IsLastWait, push);
            Assert.Equal([phone.TunnelId], (await push).Undelivered);
            Assert.InRange(_clock.GetElapsedTime(start), TimeSpan.Zero, Promise);
            a.Network.ReleaseAnswers();
        }
        while (!isWhole);

        // What the holder finds then is too old to be carried out, and what comes behind it is not.
        b.Network.Heal();
        await Condition.UntilAsync(
            async () =>
            {
                var push = cluster.PushAsync(a, """{"n":1}""", phone.TunnelId);
                await cluster.PassTimeAsync(push);
                return (await push).Undelivered.Count == 0;
            },
            () => "the holder to be in reach again", Token);
        await cluster.UntilAsync(() => phone.Count > 0, "the message");
        Assert.All(phone.Messages, static message => Assert.Equal("""{"n":1}""", message));
    }

    // The reaper's pauses are between these.
    private static bool IsWait(TimeSpan time) => time > TimeSpan.FromSeconds(1.3) && time < Long;

    private static bool IsLastWait(TimeSpan time) => time > TimeSpan.FromSeconds(0.15) && time < TimeSpan.FromSeconds(0.7);

    private Task<Cluster> StartAsync() => Cluster.StartAsync(static options => (options.NodeLease, options.DeliveryTimeout) = (Long, Long), time: _clock);

    // False when the push was answered before there was such a timer.
    private async Task<bool> PassAsync(Predicate<TimeSpan> match, Task<NodePush> push)
    {
        var time = await NextTimerAsync(match, push);
        _clock.Advance(time ?? TimeSpan.Zero);
        return time is not null;
    }

    private async Task<TimeSpan?> NextTimerAsync(Predicate<TimeSpan> match, Task<NodePush> push)
    {
        while (true)
        {
            _nextTimer ??= _clock.NextTimerAsync();
            if (await Task.WhenAny(_nextTimer, push) == push)
                return null;
            var time = await _nextTimer;
            _nextTimer = null;
            if (match(time))
                return time;
        }
    }

    private void ForgetTimers()
    {
        while (_nextTimer is null or { IsCompleted: true })
            _nextTimer = _clock.NextTimerAsync();
    }
}
