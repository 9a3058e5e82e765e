using Weapp.TestKit;
using Weapp.TestKit.Nodes;
using Weapp.TunnelServer.Tests.Support;

namespace Weapp.TunnelServer.Tests.Nodes;

/// <summary>Nodes that stop or lose touch while the app is away leave its close events to the others.</summary>
public sealed class HandOverTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Close_events_outlive_the_nodes_that_stop_before_the_app_is_back()
    {
        await using var cluster = await Cluster.StartAsync(static options => (options.DeliveryAttempts, options.DrainTimeout) = (2, TimeSpan.FromSeconds(5)));
        var third = await cluster.AddNodeAsync(static options => options.DeliveryAttempts = 2);
        await cluster.UntilReadyAsync(third);
        var (a, b) = (cluster.Nodes[0], cluster.Nodes[1]);
        var (here, there) = (await cluster.ConnectAsync(a, a), await cluster.ConnectAsync(a, b));
        await cluster.App.LeaveAsync();

        // The first to stop leaves its tunnel to one of the others; that one may well be the next.
        await b.Server.StopAsync();
        Assert.Equal(1001, there.CloseCode);
        await Condition.UntilAsync(
            () => new[] { a, third }.Any(static node => node.Server.Logs.Lines.Any(static line => line.EventId.Name == "AppAway")), () => "a node to speak for the one that stopped", Token);
        await a.Server.StopAsync();
        await Condition.UntilAsync(() => third.Server.Logs.Lines.Any(static line => line.EventId.Name == "AppAway"), () => "the last node to speak for the others", Token);
        await cluster.App.ReturnAsync();
        await cluster.UntilAsync(() => new[] { here, there }.All(phone => cluster.App.History(phone.TunnelId).Closes == 1), "both close events");
        await Condition.UntilAsync(async () => (await cluster.Redis.CommandAsync("EXISTS", "weapp:dead")).Contains("0"), () => "the burials", Token);
        Assert.All(cluster.App.Tunnels.Values, static history => Assert.True(history is { Repeats: 0, IsOutOfOrder: false }));
    }

    [Fact]
    public async Task What_a_node_that_lost_touch_had_for_an_app_that_is_away_is_counted_as_dropped_and_says_nothing_about_the_app()
    {
        await using var cluster = await Cluster.StartAsync();
        var (a, b) = (cluster.Nodes[0], cluster.Nodes[1]);
        var phone = await cluster.ConnectAsync(a, b);
        using var counts = new MeterCounts(b.Server);
        await cluster.App.LeaveAsync();
        for (var i = 0; i < 3; i++)
            await phone.SendAsync("message:{}");
        await cluster.UntilAsync(() => b.Server.Logs.Lines.Any(static line => line.EventId.Name == "AppAway"), "the node to see that the app is away");
        b.Network.Partition();
        await counts.UntilAsync("weapp.tunnel_server.messages.dropped", 3, Token);
        Assert.Equal(1001, phone.CloseCode);
        Assert.Equal(0, counts["weapp.tunnel_server.events{type=message,outcome=accepted}"]);
        Assert.DoesNotContain(b.Server.Logs.Lines, static line => line.EventId.Name == "AppBack");
        await cluster.App.ReturnAsync();
        await cluster.UntilAsync(() => cluster.App.History(phone.TunnelId).Closes == 1, "the close event");
    }

    [Fact]
    public async Task A_short_absence_of_Redis_makes_no_close_event_of_a_dead_node_come_twice()
    {
        const int Tunnels = 20;
        await using var cluster = await Cluster.StartAsync(static options => options.NodeLease = TimeSpan.FromSeconds(5));
        var (a, b) = (cluster.Nodes[0], cluster.Nodes[1]);
        var phones = new List<NodePhone>();
        for (var i = 0; i < Tunnels; i++)
            phones.Add(await cluster.ConnectAsync(a, b));
        using var turns = new SemaphoreSlim(0);
        cluster.App.Before = type => type == "close" ? turns.WaitAsync(Token) : Task.CompletedTask;

        var node = await TakeForDeadAsync(cluster, b, phones[0].TunnelId);
        turns.Release(5);
        await cluster.UntilAsync(() => Closed() == 5, "the first close events");
        cluster.Redis.Suspend();
        turns.Release(Tunnels - 5);
        await cluster.UntilAsync(() => Closed() == Tunnels, "all close events");
        await cluster.UntilAsync(() => a.Server.Logs.Lines.Any(static line => line.EventId.Name is "OutOfTouch" or "ConnectionLost"), "Redis to be missed");
        cluster.Redis.Resume();
        await Condition.UntilAsync(async () => (await cluster.Redis.CommandAsync("EXISTS", $"weapp:node:{node}", "weapp:dead")).Contains("0"), () => "the burial", Token);
        Assert.All(phones, phone => Assert.Equal(0, cluster.App.History(phone.TunnelId).Repeats));
        cluster.App.Before = static _ => Task.CompletedTask;
        b.Network.Heal();

        int Closed() => phones.Count(phone => cluster.App.History(phone.TunnelId).Closes == 1);
    }

    [Fact]
    public async Task Close_events_of_a_dead_node_leave_turns_to_what_phones_say_at_this_one()
    {
        const int Tunnels = 40;
        await using var cluster = await Cluster.StartAsync(
            static options => (options.NodeLease, options.DeliveriesPerApp, options.DeliveryTimeout) = (TimeSpan.FromSeconds(5), 4, TimeSpan.FromMinutes(1)));
        var (a, b) = (cluster.Nodes[0], cluster.Nodes[1]);
        var here = await cluster.ConnectAsync(a, a);
        var phones = new List<NodePhone>();
        for (var i = 0; i < Tunnels; i++)
            phones.Add(await cluster.ConnectAsync(a, b));
        var (closing, release) = (0, new TaskCompletionSource());
        cluster.App.Before = type =>
        {
            if (type != "close")
                return Task.CompletedTask;
            Interlocked.Increment(ref closing);
            return release.Task.WaitAsync(Token);
        };
        await TakeForDeadAsync(cluster, b, phones[0].TunnelId);
        await cluster.UntilAsync(() => Volatile.Read(ref closing) >= 2, "the first close events");
        await here.SendAsync("message:{}");
        await cluster.UntilAsync(() => cluster.App.History(here.TunnelId).Messages.Count == 1, "the message");
        Assert.Equal(2, Volatile.Read(ref closing));
        release.SetResult();
        await cluster.UntilAsync(() => phones.TrueForAll(phone => cluster.App.History(phone.TunnelId).Closes == 1), "all close events");
        b.Network.Heal();
    }

    // As though its lease had ended.
    private static async Task<string> TakeForDeadAsync(Cluster cluster, Node dead, string tunnelId)
    {
        dead.Network.Partition();
        var node = await cluster.HolderAsync(tunnelId);
        await cluster.Redis.CommandAsync("EVAL", $"redis.call('ZREM', 'weapp:nodes', '{node}') redis.call('ZADD', 'weapp:dead', 0, '{node}')", "0");
        return node;
    }
}
