using Weapp.TestKit;

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
        var before = b.Network.Connections;
        b.Network.Strand();
        await UntilInReachAsync(cluster, there.TunnelId);
        Assert.True(b.Network.Connections > before);

        // Before the node's lease had run out, or its tunnels would have ended.
        Assert.True(there.IsOpen);
        Assert.DoesNotContain(b.Server.Logs.Lines, static line => line.EventId.Name == "Fenced");
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

    private static Task<TimeSpan> UntilInReachAsync(Cluster cluster, string id) => Condition.UntilAsync(
        async () =>
        {
            var push = await cluster.PushAsync(cluster.Nodes[0], "{}", id);
            Assert.Empty(push.Invalid);
            return push.Undelivered.Count == 0;
        },
        () => "the other node to be in reach", Token, TimeSpan.FromSeconds(90));
}
