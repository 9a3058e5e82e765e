using Weapp.TestKit;
using Weapp.TunnelServer.Tests.Support;

namespace Weapp.TunnelServer.Tests.Nodes;

/// <summary>Somebody sets the clock of Redis's machine, or the machine was asleep.</summary>
public sealed class RedisClockTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_clock_that_is_set_forward_makes_no_lease_run_out()
    {
        using var clock = await ShiftedClock.StartAsync();
        await using var cluster = await Cluster.StartAsync(static options => options.NodeLease = TimeSpan.FromSeconds(4), clock);
        var (a, b) = (cluster.Nodes[0], cluster.Nodes[1]);
        var there = await cluster.ConnectAsync(a, b);
        await cluster.KnowsAllAsync();
        var grant = await cluster.App.RequestAsync(a.Address, Token);

        // By the new clock it has been silent for an hour.
        b.Network.Partition();
        clock.Set(TimeSpan.FromHours(1));
        for (var beat = 0; beat < 2; beat++)
            await NextBeatAsync(cluster);
        b.Network.Heal();
        await cluster.UntilAnswerAsync(a, there.TunnelId, isInvalid: false, isUndelivered: false);
        var late = await cluster.ConnectAsync(b, b);
        Assert.True(there.IsOpen && late.IsOpen);

        // A ticket has no heartbeat, and is an hour old.
        await using var refused = await Phone.TryConnectAsync(Cluster.At(a, grant));
        Assert.Equal(404, refused.Status);
        Assert.All(cluster.App.Tunnels.Values, static history => Assert.Equal(0, history.Closes));
        Assert.All(cluster.Nodes, static node => Assert.DoesNotContain(node.Server.Logs.Lines, static line => line.EventId.Name is "Fenced" or "Reaping"));
    }

    [Fact]
    public async Task A_clock_that_is_set_back_hides_no_dead_node()
    {
        using var clock = await ShiftedClock.StartAsync();
        await using var cluster = await Cluster.StartAsync(clock: clock);
        var (a, b) = (cluster.Nodes[0], cluster.Nodes[1]);
        var (stays, dies) = (await cluster.ConnectAsync(a, a), await cluster.ConnectAsync(a, b));
        b.Network.Partition();
        clock.Set(TimeSpan.FromHours(-1));
        await cluster.UntilAsync(() => cluster.App.History(dies.TunnelId).Closes == 1, "the dead node's close event");
        await cluster.UntilAnswerAsync(a, dies.TunnelId, isInvalid: true, isUndelivered: false);
        Assert.True(stays.IsOpen);
        Assert.Equal(0, cluster.App.History(stays.TunnelId).Closes);
    }

    private static async Task NextBeatAsync(Cluster cluster)
    {
        var beats = await BeatsAsync(cluster);
        await Condition.UntilAsync(async () => (await BeatsAsync(cluster)).Except(beats).Any(), static () => "a heartbeat", Token);
    }

    // When each node's lease ends.
    private static async Task<IReadOnlyCollection<string>> BeatsAsync(Cluster cluster) =>
        await cluster.Redis.CommandAsync("EVAL", "local ends = {} for i, text in ipairs(redis.call('ZRANGE', 'weapp:nodes', 0, -1, 'WITHSCORES')) do if i % 2 == 0 then ends[i / 2] = text end end return ends", "0");
}
