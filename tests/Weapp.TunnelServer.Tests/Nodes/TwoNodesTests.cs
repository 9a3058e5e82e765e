using System.Text.Json.Nodes;
using Weapp.TestKit;
using Weapp.TestKit.Nodes;
using Weapp.TunnelServer.Tests.Support;

namespace Weapp.TunnelServer.Tests.Nodes;

/// <summary>Several nodes are one tunnel server.</summary>
public sealed class TwoNodesTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Any_node_grants_connects_and_pushes()
    {
        await using var cluster = await Cluster.StartAsync();
        var (a, b) = (cluster.Nodes[0], cluster.Nodes[1]);
        foreach (var (grants, holds) in new[] { (a, a), (a, b), (b, a), (b, b) })
        {
            var phone = await cluster.ConnectAsync(grants, holds);
            foreach (var (node, content) in new[] { (a, """{"type":"a"}"""), (b, """{"type":"b"}""") })
            {
                var push = await cluster.PushAsync(node, content, phone.TunnelId);
                Assert.Empty(push.Invalid);
                Assert.Empty(push.Undelivered);
            }

            await cluster.UntilAsync(() => phone.Count == 2, "both messages");
            Assert.Equal(["""{"type":"a"}""", """{"type":"b"}"""], phone.Messages);
        }
    }

    [Fact]
    public async Task Nodes_of_which_one_has_a_new_key_already_understand_each_other()
    {
        const string New = "the new key, which is long enough for an app";
        await using var cluster = await Cluster.StartAsync(static options => options.AlternateSignatureKey = New);
        cluster.App.AlternateKey = New;
        var old = cluster.Nodes[0];
        var changed = await cluster.AddNodeAsync(static options => (options.SignatureKey, options.AlternateSignatureKey) = (New, SignedCall.Key));
        await cluster.UntilReadyAsync(changed);
        foreach (var (one, other) in new[] { (old, changed), (changed, old) })
        {
            var phone = await cluster.ConnectAsync(one, other);
            var push = await cluster.PushAsync(one, "{}", phone.TunnelId);
            Assert.Empty(push.Invalid);
            Assert.Empty(push.Undelivered);
            await cluster.UntilAsync(() => phone.Count == 1, "the message");
        }
    }

    [Fact]
    public async Task Invalid_ids_are_exact_and_in_the_order_of_the_call_whoever_holds_the_others()
    {
        var foreignKey = SignedCall.Key + "f";
        await using var cluster = await Cluster.StartAsync(options => options.Clients["foreign.example"] = foreignKey);
        await cluster.KnowsAllAsync();
        var (a, b) = (cluster.Nodes[0], cluster.Nodes[1]);
        var (here, there, closed) = (await cluster.ConnectAsync(a, a), await cluster.ConnectAsync(a, b), await cluster.ConnectAsync(a, b));
        closed.Drop();
        await cluster.UntilAsync(() => cluster.App.History(closed.TunnelId).Closes == 1, "the close event");
        var pending = (await cluster.App.RequestAsync(a.Address, Token)).TunnelId;
        var push = await cluster.PushAsync(a, "{}", "zz", there.TunnelId, pending, closed.TunnelId, "zz", "a", here.TunnelId, pending, there.TunnelId);
        Assert.Equal(["zz", pending, closed.TunnelId, "a"], push.Invalid);
        Assert.Empty(push.Undelivered);
        await cluster.UntilAsync(() => here.Count == 1 && there.Count == 1, "the message");

        // Another app's tunnels are as good as none.
        var (status, answer) = await a.Server.Client.PostAsync(
            "/ws/push", SignedCall.Push([there.TunnelId, here.TunnelId], "{}", key: foreignKey, serverHost: "foreign.example"));
        Assert.Equal(200, status);
        Assert.Equal(2, answer.GetProperty("data").GetProperty("invalidTunnelIds").GetArrayLength());
        await cluster.PushAsync(a, """{"n":1}""", here.TunnelId, there.TunnelId);
        await cluster.UntilAsync(() => here.Count == 2 && there.Count == 2, "the next message");
        Assert.Equal(["{}", """{"n":1}"""], there.Messages);
    }

    [Fact]
    public async Task A_message_and_a_close_in_one_call_arrive_in_that_order()
    {
        await using var cluster = await Cluster.StartAsync();
        await cluster.KnowsAllAsync();
        var (a, b) = (cluster.Nodes[0], cluster.Nodes[1]);
        var phone = await cluster.ConnectAsync(a, b);
        string[] ids = [phone.TunnelId];
        var push = await cluster.App.PushAsync(a.Address, new JsonArray(NodeApp.Packet("message", "{}", ids), NodeApp.Packet("close", null, ids)), Token);
        Assert.Empty(push.Invalid);
        await cluster.UntilAsync(() => phone.CloseCode == 1000, "the close");
        Assert.Equal(["{}"], phone.Messages);
        await cluster.UntilAsync(() => cluster.App.History(phone.TunnelId).Closes == 1, "the close event");
        Assert.Equal(ids, (await cluster.PushAsync(a, "{}", ids)).Invalid);
    }

    [Fact]
    public async Task Of_a_hundred_phones_with_one_ticket_at_two_nodes_one_wins()
    {
        await using var cluster = await Cluster.StartAsync(static options => options.TicketLifetime = TimeSpan.FromMinutes(1));
        for (var round = 0; round < 3; round++)
        {
            var grant = await cluster.App.RequestAsync(cluster.Nodes[0].Address, Token);
            var phones = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => Phone.TryConnectAsync(Cluster.At(cluster.Nodes[i % 2], grant))));
            Assert.Single(phones, static phone => phone.Status == 101);
            foreach (var phone in phones)
                phone.Reset();
        }
    }

    [Fact]
    public async Task Pushes_through_both_nodes_in_turn_arrive_in_their_order()
    {
        await using var cluster = await Cluster.StartAsync();
        var phone = await cluster.ConnectAsync(cluster.Nodes[0], cluster.Nodes[1]);
        for (var i = 0; i < 200; i++)
            Assert.Empty((await cluster.PushAsync(cluster.Nodes[i % 2], $$"""{"n":{{i}}}""", phone.TunnelId)).Invalid);
        await cluster.UntilAsync(() => phone.Count == 200, "all messages");
        Assert.Equal(Enumerable.Range(0, 200).Select(static i => $$"""{"n":{{i}}}"""), phone.Messages);
    }

    [Fact]
    public async Task A_node_that_stops_tells_everybody_and_leaves_nothing_behind()
    {
        await using var cluster = await Cluster.StartAsync();
        await cluster.KnowsAllAsync();
        var (a, b) = (cluster.Nodes[0], cluster.Nodes[1]);
        var stays = await cluster.ConnectAsync(b, a);
        var phones = new List<NodePhone>();
        for (var i = 0; i < 20; i++)
            phones.Add(await cluster.ConnectAsync(a, b));
        await b.Server.StopAsync();
        foreach (var phone in phones)
        {
            await cluster.UntilAsync(() => !phone.IsOpen, "the end of the tunnel");
            Assert.Equal(1001, phone.CloseCode);
            Assert.Equal(1, cluster.App.History(phone.TunnelId).Closes);
        }

        var push = await cluster.PushAsync(a, "{}", [.. phones.Select(static phone => phone.TunnelId), stays.TunnelId]);
        Assert.Equal(phones.Select(static phone => phone.TunnelId), push.Invalid);
        stays.Drop();
        await Condition.UntilAsync(
            async () => !(await cluster.Redis.CommandAsync("KEYS", "*")).Any(static key => key.Contains(":tunnel:", StringComparison.Ordinal) || key.Contains(":node:", StringComparison.Ordinal)),
            () => "the tunnels' keys to go", Token);
        Assert.Single(await cluster.Redis.CommandAsync("ZRANGE", "weapp:nodes", "0", "-1"));
    }

    [Fact]
    public async Task An_app_with_too_many_tunnels_that_wait_gets_429()
    {
        await using var cluster = await Cluster.StartAsync();
        await cluster.Redis.CommandAsync("EVAL", "for i = 1, 19999 do redis.call('ZADD', 'weapp:waiting:*', 9e15, i) end", "0");
        Assert.Equal(200, (await cluster.App.RequestAsync(cluster.Nodes[0].Address, Token)).Status);
        Assert.Equal(429, (await cluster.App.RequestAsync(cluster.Nodes[1].Address, Token)).Status);
        await cluster.Redis.CommandAsync("ZADD", "weapp:waiting:*", "1", "7");
        Assert.Equal(200, (await cluster.App.RequestAsync(cluster.Nodes[1].Address, Token)).Status);
    }

    [Fact]
    public async Task Junk_on_the_bus_is_ignored()
    {
        await using var cluster = await Cluster.StartAsync();
        var (a, b) = (cluster.Nodes[0], cluster.Nodes[1]);
        var phone = await cluster.ConnectAsync(a, b);
        foreach (var channel in await cluster.Redis.CommandAsync("PUBSUB", "CHANNELS", "weapp:bus:*"))
        {
            foreach (var junk in new[] { "", "x", "\u0001", new string('\u0001', 200), """{"type":"close"}""" })
                await cluster.Redis.CommandAsync("PUBLISH", channel, junk);
        }

        Assert.Empty((await cluster.PushAsync(a, "{}", phone.TunnelId)).Invalid);
        await cluster.UntilAsync(() => phone.Count == 1, "the message");
        Assert.Contains(b.Server.Logs.Lines, static line => line.EventId.Id == 109);
    }

    [Theory]
    [InlineData("redis.call('HGET', 'weapp:pending:' .. ARGV[2], 'route')")]
    [InlineData("string.sub(own, 1, 1) .. string.char((string.byte(own, 2) + 1) % 256) .. string.sub(own, 3)")]
    [InlineData("string.sub(own, 1, -2) .. 'x'")]
    public async Task A_record_that_is_another_tunnels_or_not_as_a_node_wrote_it_is_not_taken(string forged)
    {
        await using var cluster = await Cluster.StartAsync();
        var (a, b) = (cluster.Nodes[0], cluster.Nodes[1]);
        var (one, other) = (await cluster.App.RequestAsync(a.Address, Token), await cluster.App.RequestAsync(a.Address, Token));
        var script = $"local key = 'weapp:pending:' .. ARGV[1] local own = redis.call('HGET', key, 'route') redis.call('HSET', key, 'route', {forged})";
        await cluster.Redis.CommandAsync("EVAL", script, "0", one.TunnelId, other.TunnelId);
        await using var refused = await Phone.TryConnectAsync(Cluster.At(b, one));
        Assert.Equal(404, refused.Status);
        Assert.Contains(b.Server.Logs.Lines, static line => line.EventId.Id == 108);
        await using var phone = await NodePhone.ConnectAsync(Cluster.At(b, other), Token);
        await cluster.UntilAsync(() => cluster.App.History(other.TunnelId).Connects == 1, "the connect event");
    }
}
