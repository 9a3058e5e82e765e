using Weapp.TestKit;
using Weapp.TunnelServer.Tests.Support;

namespace Weapp.TunnelServer.Tests.Nodes;

/// <summary>How long a node that is cut off may act for its tunnels: by then the others take it for dead.</summary>
public sealed class LeaseTests
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(1);

    private readonly TestClock _clock = new();

    [Fact]
    public async Task A_node_holds_its_tunnels_for_one_lease_after_its_last_heartbeat_and_no_longer()
    {
        await using var cluster = await Cluster.StartAsync(static options => options.NodeLease = Lease, time: _clock);
        var node = cluster.Nodes[0];
        var phone = await cluster.ConnectAsync(node, node);

        // From here on the clock stands still. The node has seen the answer to one heartbeat when it sends the next.
        var id = await cluster.HolderAsync(phone.TunnelId);
        for (var beat = 0; beat < 2; beat++)
            await NextBeatAsync(cluster, id);
        node.Network.Partition();
        _clock.Advance(Lease - Moment);
        Assert.Empty((await cluster.PushAsync(node, "{}", phone.TunnelId)).Invalid);
        await cluster.UntilAsync(() => phone.Count == 1, "the message");
        _clock.Advance(Moment);
        await cluster.UntilAsync(() => !phone.IsOpen, "the end of the tunnel");
        Assert.Equal(1001, phone.CloseCode);
        Assert.Contains(node.Server.Logs.Lines, static line => line.EventId.Name == "Fenced");
    }

    private static async Task NextBeatAsync(Cluster cluster, string node)
    {
        var last = await BeatAsync(cluster, node);
        await Condition.UntilAsync(async () => await BeatAsync(cluster, node) != last, () => "a heartbeat", TestContext.Current.CancellationToken);
    }

    private static async Task<string> BeatAsync(Cluster cluster, string node) => Assert.Single(await cluster.Redis.CommandAsync("ZSCORE", "weapp:nodes", node));
}
