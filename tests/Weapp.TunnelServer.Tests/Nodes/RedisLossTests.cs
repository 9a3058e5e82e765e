using Weapp.TestKit;
using Weapp.TestKit.Nodes;

namespace Weapp.TunnelServer.Tests.Nodes;

/// <summary>Redis loses what it knew, and nobody else does.</summary>
public sealed class RedisLossTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Tunnels_that_ended_while_Redis_was_away_have_their_close_events_though_it_comes_back_empty()
    {
        await using var cluster = await Cluster.StartAsync();
        var phones = new List<NodePhone>();
        for (var i = 0; i < 6; i++)
            phones.Add(await cluster.ConnectAsync(cluster.Nodes[0], cluster.Nodes[i % 2]));
        await cluster.Redis.KillAsync();
        await cluster.UntilAsync(() => phones.All(static phone => !phone.IsOpen), "the end of the tunnels");
        Assert.All(phones, static phone => Assert.Equal(1001, phone.CloseCode));
        await cluster.Redis.RestartAsync(Token);
        await cluster.UntilAsync(() => phones.All(phone => cluster.App.History(phone.TunnelId).Closes == 1), "all close events");
        var back = await cluster.ConnectAsync(cluster.Nodes[0], cluster.Nodes[1]);
        await cluster.KnowsAllAsync();
        string[] ids = [.. phones.Select(static phone => phone.TunnelId)];
        Assert.Equal(ids, (await cluster.PushAsync(cluster.Nodes[0], "{}", [.. ids, back.TunnelId])).Invalid);
        Assert.All(cluster.App.Tunnels.Values, static history => Assert.True(history is { Repeats: 0, IsOutOfOrder: false }));
    }

    [Fact]
    public async Task A_phone_that_comes_when_Redis_was_just_emptied_gets_its_tunnel_and_costs_nobody_theirs()
    {
        await using var cluster = await Cluster.StartAsync(static options => options.NodeLease = TimeSpan.FromSeconds(10));
        var (a, b) = (cluster.Nodes[0], cluster.Nodes[1]);
        var there = await cluster.ConnectAsync(a, b);
        await cluster.Redis.CommandAsync("FLUSHALL");
        var late = await cluster.ConnectAsync(a, b);
        Assert.Empty((await cluster.PushAsync(b, "{}", there.TunnelId, late.TunnelId)).Invalid);
        await cluster.UntilAnswerAsync(a, there.TunnelId, isInvalid: false, isUndelivered: false);
        Assert.True(there.IsOpen && late.IsOpen);
    }

    [Fact]
    public async Task Redis_that_comes_back_with_old_data_makes_nothing_undone()
    {
        await using var cluster = await Cluster.StartAsync();
        var (a, b) = (cluster.Nodes[0], cluster.Nodes[1]);
        var (stays, ends) = (await cluster.ConnectAsync(a, b), await cluster.ConnectAsync(a, b));
        await cluster.Redis.CommandAsync("SAVE");
        ends.Drop();
        await cluster.UntilAsync(() => cluster.App.History(ends.TunnelId).Closes == 1, "the close event");
        var later = await cluster.ConnectAsync(a, b);
        await cluster.Redis.KillAsync();
        await cluster.Redis.RestartAsync(Token);
        Assert.Contains(await cluster.Redis.CommandAsync("EXISTS", $"weapp:tunnel:{ends.TunnelId}"), static line => line.Contains('1'));
        await Condition.UntilAsync(
            async () =>
            {
                var push = await cluster.PushAsync(a, "{}", stays.TunnelId, later.TunnelId);
                Assert.Empty(push.Invalid);
                return push.Undelivered.Count == 0;
            },
            () => "the tunnels to be in reach", Token);
        await cluster.UntilAnswerAsync(a, ends.TunnelId, isInvalid: true, isUndelivered: false);
        await cluster.KnowsAllAsync();
        await cluster.UntilAnswerAsync(a, ends.TunnelId, isInvalid: true, isUndelivered: false);
        await Condition.UntilAsync(
            async () => (await cluster.Redis.CommandAsync("EXISTS", $"weapp:tunnel:{ends.TunnelId}")).Contains("0"), () => "the old record to go", Token);
        Assert.True(stays.IsOpen && later.IsOpen);
        Assert.All(cluster.App.Tunnels.Values, static history => Assert.True(history is { Connects: 1, Closes: 0 or 1, IsOutOfOrder: false }));
    }

    [Fact]
    public async Task A_call_that_is_repeated_reaches_those_whom_Redis_did_not_know_the_first_time()
    {
        await using var cluster = await Cluster.StartAsync(static options => options.NodeLease = TimeSpan.FromSeconds(10));
        var (a, b) = (cluster.Nodes[0], cluster.Nodes[1]);
        var (known, unknown) = (await cluster.ConnectAsync(a, b), await cluster.ConnectAsync(a, b));

        // As when the other node enters its tunnels again, and has come to the first.
        var node = await cluster.HolderAsync(known.TunnelId);
        await cluster.Redis.CommandAsync("EVAL", $"redis.call('FLUSHALL') redis.call('SET', 'weapp:tunnel:{known.TunnelId}', '{node}')", "0");
        string[] ids = [known.TunnelId, unknown.TunnelId];
        var push = await cluster.App.PushAsync(a.Address, """{"n":1}""", ids, Token, "one-call");
        Assert.Empty(push.Invalid);
        Assert.Equal([unknown.TunnelId], push.Undelivered);
        await cluster.UntilAnswerAsync(a, unknown.TunnelId, isInvalid: false, isUndelivered: false);
        push = await cluster.App.PushAsync(a.Address, """{"n":1}""", ids, Token, "one-call");
        Assert.Empty(push.Undelivered);
        await cluster.UntilAsync(() => unknown.Messages.Contains("""{"n":1}"""), "the message");
        push = await cluster.App.PushAsync(a.Address, """{"n":1}""", ids, Token, "one-call");
        Assert.Empty(push.Invalid);
        await cluster.PushAsync(a, """{"n":2}""", ids);
        await cluster.UntilAsync(() => known.Messages.Contains("""{"n":2}""") && unknown.Messages.Contains("""{"n":2}"""), "the last message");
        Assert.Single(known.Messages, """{"n":1}""");
        Assert.Single(unknown.Messages, """{"n":1}""");
    }
}
