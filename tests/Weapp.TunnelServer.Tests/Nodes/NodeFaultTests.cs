using Weapp.TestKit;

namespace Weapp.TunnelServer.Tests.Nodes;

/// <summary>Redis, or the way to it, breaks.</summary>
public sealed class NodeFaultTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_node_cut_off_from_Redis_keeps_its_phones_for_a_lease_and_then_sends_them_elsewhere()
    {
        await using var cluster = await Cluster.StartAsync(static options => options.NodeLease = TimeSpan.FromSeconds(6));
        var (a, b) = (cluster.Nodes[0], cluster.Nodes[1]);
        var (stays, lost) = (await cluster.ConnectAsync(a, a), await cluster.ConnectAsync(a, b));
        b.Network.Partition();

        // The others do not know whether it lives.
        var push = await cluster.PushAsync(a, """{"n":1}""", stays.TunnelId, lost.TunnelId);
        Assert.Empty(push.Invalid);
        Assert.Equal([lost.TunnelId], push.Undelivered);

        // It does, and its own phones get what comes to it.
        push = await cluster.PushAsync(b, """{"n":2}""", stays.TunnelId, lost.TunnelId);
        Assert.Empty(push.Invalid);
        Assert.Equal([stays.TunnelId], push.Undelivered);

        await cluster.UntilAsync(() => !lost.IsOpen, "the end of the tunnel");
        Assert.Equal(1001, lost.CloseCode);
        Assert.Equal(["""{"n":2}"""], lost.Messages);
        await cluster.UntilAsync(() => cluster.App.History(lost.TunnelId).Closes > 0, "the close event");
        await cluster.UntilAnswerAsync(a, lost.TunnelId, isInvalid: true, isUndelivered: false);
        Assert.Equal(503, (await cluster.App.RequestAsync(b.Address, Token)).Status);

        b.Network.Heal();
        await cluster.UntilAnswerAsync(b, stays.TunnelId, isInvalid: false, isUndelivered: false);
        var back = await cluster.ConnectAsync(b, b);
        Assert.Empty((await cluster.PushAsync(a, """{"n":3}""", back.TunnelId)).Invalid);
        await cluster.UntilAsync(() => back.Count == 1 && stays.Count > 0, "messages");
        Assert.True(stays.IsOpen);
        Assert.Equal(1, cluster.App.History(lost.TunnelId).Closes);
        Assert.All(cluster.App.Tunnels.Values, static history => Assert.False(history.IsOutOfOrder));
    }

    [Fact]
    public async Task An_emptied_Redis_is_filled_again_and_no_open_tunnel_is_called_invalid_meanwhile()
    {
        await using var cluster = await Cluster.StartAsync();
        var (a, b) = (cluster.Nodes[0], cluster.Nodes[1]);
        var (here, there) = (await cluster.ConnectAsync(a, a), await cluster.ConnectAsync(a, b));
        var gone = await cluster.ConnectAsync(a, b);
        await cluster.KnowsAllAsync();
        await cluster.Redis.CommandAsync("FLUSHALL");
        gone.Drop();
        await Condition.UntilAsync(
            async () =>
            {
                var push = await cluster.PushAsync(a, "{}", here.TunnelId, there.TunnelId);
                Assert.Empty(push.Invalid);
                return push.Undelivered.Count == 0;
            },
            () => "the tunnels to be entered again", Token);
        await cluster.UntilAnswerAsync(a, gone.TunnelId, isInvalid: true, isUndelivered: false);
        await cluster.KnowsAllAsync();
        Assert.True(here.IsOpen && there.IsOpen);
        Assert.Equal(0, cluster.App.History(there.TunnelId).Closes);
        Assert.Equal(1, cluster.App.History(gone.TunnelId).Closes);
    }

    [Fact]
    public async Task While_Redis_restarts_phones_stay_and_every_push_is_answered()
    {
        await using var cluster = await Cluster.StartAsync(static options => options.NodeLease = TimeSpan.FromSeconds(6));
        var (a, b) = (cluster.Nodes[0], cluster.Nodes[1]);
        var (here, there) = (await cluster.ConnectAsync(a, a), await cluster.ConnectAsync(a, b));
        await cluster.Redis.KillAsync();
        for (var i = 0; i < 5; i++)
        {
            var push = await cluster.PushAsync(a, $$"""{"n":{{i}}}""", here.TunnelId, there.TunnelId);
            Assert.Empty(push.Invalid);
            Assert.Equal([there.TunnelId], push.Undelivered);
        }

        await cluster.UntilAsync(() => here.Count == 5, "messages of the node itself");

        // A phone that asks just then waits a little, and gets its tunnel.
        var asking = cluster.App.RequestAsync(a.Address, Token);
        await cluster.Redis.RestartAsync(Token);
        Assert.Equal(200, (await asking).Status);
        await Condition.UntilAsync(
            async () =>
            {
                var push = await cluster.PushAsync(a, """{"n":"back"}""", there.TunnelId);
                Assert.Empty(push.Invalid);
                return push.Undelivered.Count == 0;
            },
            () => "the other node to be in reach again", Token);
        await cluster.UntilAsync(() => there.Count == 1, "the message");
        Assert.Equal(["""{"n":"back"}"""], there.Messages);
        Assert.True(here.IsOpen && there.IsOpen);
    }

    [Fact]
    public async Task While_Redis_hangs_every_push_is_answered_and_nothing_arrives_later()
    {
        await using var cluster = await Cluster.StartAsync(static options => options.NodeLease = TimeSpan.FromSeconds(10));
        var (a, b) = (cluster.Nodes[0], cluster.Nodes[1]);
        var (here, there) = (await cluster.ConnectAsync(a, a), await cluster.ConnectAsync(a, b));
        cluster.Redis.Suspend();
        var asking = cluster.App.RequestAsync(a.Address, Token);
        for (var i = 0; i < 2; i++)
        {
            var push = await cluster.PushAsync(a, $$"""{"n":{{i}}}""", here.TunnelId, there.TunnelId);
            Assert.Empty(push.Invalid);
            Assert.Equal([there.TunnelId], push.Undelivered);
        }

        Assert.Equal(503, (await asking).Status);
        cluster.Redis.Resume();
        await cluster.UntilAnswerAsync(a, there.TunnelId, isInvalid: false, isUndelivered: false);
        await cluster.UntilAsync(() => there.Count > 0, "the message");
        Assert.All(there.Messages, static message => Assert.Equal("{}", message));
        Assert.True(here.IsOpen && there.IsOpen);
    }

    [Fact]
    public async Task A_node_is_not_ready_before_it_has_reached_Redis()
    {
        await using var cluster = await Cluster.StartAsync();
        await cluster.Redis.KillAsync();
        var late = await cluster.AddNodeAsync();
        var health = new Uri("/health", UriKind.Relative);
        Assert.Equal(503, (int)(await late.Server.Client.GetAsync(health, Token)).StatusCode);
        Assert.Equal(200, (int)(await cluster.Nodes[0].Server.Client.GetAsync(health, Token)).StatusCode);
        await cluster.UntilAsync(
            () => late.Server.Logs.Lines.Any(static line => line.Text.StartsWith("Redis is out of reach", StringComparison.Ordinal)), "the log to say why");
        await cluster.Redis.RestartAsync(Token);
        await cluster.UntilReadyAsync(late);
        var phone = await cluster.ConnectAsync(late, late);
        await cluster.UntilAnswerAsync(cluster.Nodes[0], phone.TunnelId, isInvalid: false, isUndelivered: false);
        Assert.Empty((await cluster.PushAsync(cluster.Nodes[0], """{"n":1}""", phone.TunnelId)).Undelivered);
        await cluster.UntilAsync(() => phone.Count == 2, "the message");
        Assert.Equal(["{}", """{"n":1}"""], phone.Messages);
    }

    [Fact]
    public async Task Another_node_finishes_what_the_heir_of_a_dead_node_began()
    {
        await using var cluster = await Cluster.StartAsync();
        var (a, b) = (cluster.Nodes[0], cluster.Nodes[1]);
        var phone = await cluster.ConnectAsync(a, b);
        b.Network.Partition();
        await cluster.UntilAsync(() => !phone.IsOpen, "the end of the tunnel");

        // As if a third node had taken the dead one over, and died of it.
        await Condition.UntilAsync(async () => (await cluster.Redis.CommandAsync("ZCARD", "weapp:nodes")).Contains("1"), () => "the take-over", Token);
        await cluster.UntilAsync(() => cluster.App.History(phone.TunnelId).Closes == 1, "the close event");
        await cluster.Redis.CommandAsync("EVAL", """
            local mac = 'not a record of ours'
            redis.call('HSET', 'weapp:node:third', 'id', mac)
            redis.call('ZADD', 'weapp:dead', 0, 'third')
            """, "0");
        await Condition.UntilAsync(async () => (await cluster.Redis.CommandAsync("EXISTS", "weapp:node:third")).Contains("0"), () => "the dead node's end", Token);
        await Condition.UntilAsync(async () => (await cluster.Redis.CommandAsync("ZCARD", "weapp:dead")).Contains("0"), () => "its burial", Token);
        Assert.Contains(a.Server.Logs.Lines, static line => line.EventId.Id == 108);
    }
}
