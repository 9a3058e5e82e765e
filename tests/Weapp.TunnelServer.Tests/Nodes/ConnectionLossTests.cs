using Weapp.TestKit;
using Weapp.TestKit.Nodes;

namespace Weapp.TunnelServer.Tests.Nodes;

/// <summary>Redis is well, but not the connections to it, or it refuses to be written to.</summary>
public sealed class ConnectionLossTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Connections_that_swallow_everything_are_noticed_and_replaced()
    {
        await using var cluster = await Cluster.StartAsync(static options => options.NodeLease = TimeSpan.FromSeconds(15));
        var (a, b) = (cluster.Nodes[0], cluster.Nodes[1]);
        var there = await cluster.ConnectAsync(a, b);
        var grant = await cluster.App.RequestAsync(a.Address, Token);
        var clients = await CountClientsAsync(cluster);
        var (connections, sockets) = (b.Network.Connections, CountSockets(b));
        b.Network.Strand();

        // A phone that did not want to wait. The claim of its ticket is on its way.
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var connecting = NodePhone.ConnectAsync(Cluster.At(b, grant), patience.Token);
        await cluster.UntilAsync(() => CountSockets(b) > sockets, "the phone to ask");
        await patience.CancelAsync();
        Assert.NotNull(await Record.ExceptionAsync(() => connecting));

        // Left to itself, the client of Redis looks after a minute.
        await UntilInReachAsync(cluster, there.TunnelId, TimeSpan.FromSeconds(30));
        Assert.True(b.Network.Connections > connections);

        // Before the node's lease had run out, or its tunnels would have ended.
        Assert.True(there.IsOpen);
        Assert.DoesNotContain(b.Server.Logs.Lines, static line => line.EventId.Name == "Fenced");

        // What arrives when nobody waits for it any more does nothing: the ticket is not spent.
        b.Network.Heal();
        await Condition.UntilAsync(async () => await CountClientsAsync(cluster) == clients, () => "the old connections to end", Token);
        await using var phone = await NodePhone.ConnectAsync(Cluster.At(b, grant), Token);
        await cluster.UntilAsync(() => cluster.App.History(grant.TunnelId).Connects == 1, "the connect event");
    }

    [Theory]
    [InlineData("CLIENT KILL TYPE pubsub", null)]
    [InlineData("CLIENT KILL TYPE normal", null)]
    [InlineData("CONFIG SET maxmemory 1", "CONFIG SET maxmemory 0")]
    [InlineData("REPLICAOF 127.0.0.1 1", "REPLICAOF NO ONE")]
    public async Task Connections_that_are_killed_and_a_Redis_that_takes_no_writes_cost_nobody_a_tunnel(string fault, string? mend)
    {
        await using var cluster = await Cluster.StartAsync(static options => options.NodeLease = TimeSpan.FromSeconds(6));
        var (a, b) = (cluster.Nodes[0], cluster.Nodes[1]);
        var there = await cluster.ConnectAsync(a, b);
        await cluster.Redis.CommandAsync(fault.Split(' '));
        await cluster.UntilAsync(() => b.Server.Logs.Lines.Any(static line => line.EventId.Name is "ConnectionLost" or "OutOfTouch"), "the node to notice");
        var push = await cluster.PushAsync(a, """{"n":1}""", there.TunnelId);
        Assert.Empty(push.Invalid);
        if (mend is not null)
            await cluster.Redis.CommandAsync(mend.Split(' '));
        await UntilInReachAsync(cluster, there.TunnelId);
        await cluster.UntilAsync(() => there.Messages.Contains("{}"), "the last message");
        Assert.InRange(there.Messages.Count(static message => message.Contains('n', StringComparison.Ordinal)), 0, 1 - push.Undelivered.Count);
        Assert.True(there.IsOpen);
    }

    [Fact]
    public async Task A_push_that_is_more_than_Redis_holds_for_a_node_is_undelivered_and_costs_nobody_a_tunnel()
    {
        await using var cluster = await Cluster.StartAsync(static options => options.NodeLease = TimeSpan.FromSeconds(6));
        var (a, b) = (cluster.Nodes[0], cluster.Nodes[1]);
        var there = await cluster.ConnectAsync(a, b);
        await cluster.Redis.CommandAsync("CONFIG", "SET", "client-output-buffer-limit", "pubsub 1 0 0");
        var push = await cluster.PushAsync(a, $$"""{"n":"{{new string('x', 60_000)}}"}""", there.TunnelId);
        Assert.Empty(push.Invalid);
        Assert.Equal([there.TunnelId], push.Undelivered);
        await cluster.Redis.CommandAsync("CONFIG", "SET", "client-output-buffer-limit", "pubsub 33554432 8388608 60");
        await UntilInReachAsync(cluster, there.TunnelId);
        await cluster.UntilAsync(() => there.Messages.Contains("{}"), "the last message");
        Assert.All(there.Messages, static message => Assert.Equal("{}", message));
        Assert.True(there.IsOpen);
    }

    private static int CountSockets(Node node) =>
        node.Server.Logs.Lines.Count(static line => line.Text.Contains("Executing endpoint 'Weapp tunnel server: socket", StringComparison.Ordinal));

    private static async Task<int> CountClientsAsync(Cluster cluster) =>
        (await cluster.Redis.CommandAsync("CLIENT", "LIST")).Count(static line => line.Contains("addr=", StringComparison.Ordinal));

    private static Task<TimeSpan> UntilInReachAsync(Cluster cluster, string id, TimeSpan? deadline = null) => Condition.UntilAsync(
        async () =>
        {
            var push = await cluster.PushAsync(cluster.Nodes[0], "{}", id);
            Assert.Empty(push.Invalid);
            return push.Undelivered.Count == 0;
        },
        () => "the other node to be in reach", Token, deadline ?? TimeSpan.FromSeconds(90));
}
