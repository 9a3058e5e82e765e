using System.Net;
using System.Net.Sockets;
using Weapp.TestKit;
using Weapp.TestKit.Nodes;
using Weapp.TunnelServer.Tests.Support;

namespace Weapp.TunnelServer.Tests.Nodes;

/// <summary>A phone connects while Redis does not answer: the official client does not try again after a refusal here.</summary>
public sealed class ClaimTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_ticket_whose_claim_was_done_and_never_answered_is_still_good_for_that_phone_and_for_no_other()
    {
        await using var cluster = await Cluster.StartAsync(static options => options.NodeLease = TimeSpan.FromSeconds(10));
        var (a, b) = (cluster.Nodes[0], cluster.Nodes[1]);
        var grant = await cluster.App.RequestAsync(a.Address, Token);
        Assert.Equal(404, await TryAsync(a, grant with { ConnectUrl = grant.ConnectUrl[..^1] }));
        b.Network.HoldAnswersTo(grant.TunnelId);
        var connecting = NodePhone.ConnectAsync(Cluster.At(b, grant), Token);

        // Redis has done what the node will never hear of; whoever comes with the same ticket meanwhile is too late.
        await UntilKnownAsync(cluster, grant, isKnown: true);
        Assert.Equal(404, await TryAsync(a, grant));
        Assert.False(connecting.IsCompleted);
        b.Network.Reset();
        await using var phone = await connecting;
        await cluster.UntilAsync(() => cluster.App.History(grant.TunnelId).Connects == 1, "the connect event");
        await cluster.UntilAnswerAsync(a, grant.TunnelId, isInvalid: false, isUndelivered: false);
        for (var i = 0; i < 20; i++)
        {
            var push = await cluster.PushAsync(a, $$"""{"n":{{i}}}""", grant.TunnelId);
            Assert.Empty(push.Invalid);
            Assert.Empty(push.Undelivered);
        }

        await cluster.UntilAsync(() => phone.Messages.Count(static message => message.Contains('n', StringComparison.Ordinal)) == 20, "the messages");
        foreach (var node in cluster.Nodes)
            Assert.Equal(404, await TryAsync(node, grant));

        Assert.True(phone.IsOpen);
    }

    [Fact]
    public async Task A_ticket_whose_claim_was_done_and_never_answered_leaves_nothing_behind_when_the_phone_has_gone()
    {
        await using var cluster = await Cluster.StartAsync(static options => options.NodeLease = TimeSpan.FromSeconds(10));
        var (a, b) = (cluster.Nodes[0], cluster.Nodes[1]);
        var grant = await cluster.App.RequestAsync(a.Address, Token);
        b.Network.HoldAnswersTo(grant.TunnelId);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var connecting = NodePhone.ConnectAsync(Cluster.At(b, grant), patience.Token);
        await UntilKnownAsync(cluster, grant, isKnown: true);
        await patience.CancelAsync();
        Assert.NotNull(await Record.ExceptionAsync(() => connecting));
        await b.Server.Logs.WaitForAsync(static line => line.EventId.Name is "ConnectionReset" or "ConnectionReadFin", Token);
        b.Network.Reset();
        await UntilKnownAsync(cluster, grant, isKnown: false);

        // Where the node was quicker than the news of its phone, it had a tunnel for a moment.
        await cluster.UntilAsync(() => cluster.App.Tunnels.Values.All(static history => history.Connects == history.Closes), "as many close events as connect events");
        Assert.Equal(404, await TryAsync(a, grant));
    }

    [Fact]
    public async Task A_node_that_was_taken_for_dead_takes_no_phone_under_its_old_name()
    {
        await using var cluster = await Cluster.StartAsync(static options => options.NodeLease = TimeSpan.FromMinutes(1));
        var (a, b) = (cluster.Nodes[0], cluster.Nodes[1]);
        var first = await cluster.ConnectAsync(a, b);
        var node = await cluster.HolderAsync(first.TunnelId);

        // It has not heard of it yet.
        await cluster.Redis.CommandAsync("EVAL", $"redis.call('ZREM', 'weapp:nodes', '{node}') redis.call('ZADD', 'weapp:dead', 0, '{node}')", "0");
        var second = await cluster.ConnectAsync(a, b);
        Assert.NotEqual(node, await cluster.HolderAsync(second.TunnelId));
        await cluster.UntilAsync(() => !first.IsOpen && cluster.App.History(first.TunnelId).Closes == 1, "the end of the tunnel that it held before");
        Assert.True(second.IsOpen);
        Assert.Equal(0, cluster.App.History(second.TunnelId).Closes);
    }

    [Fact]
    public async Task A_ticket_that_comes_again_while_Redis_is_away_takes_nothing_from_the_tunnel_that_it_has_opened()
    {
        await using var cluster = await Cluster.StartAsync(static options => options.NodeLease = TimeSpan.FromSeconds(10));
        var (a, b) = (cluster.Nodes[0], cluster.Nodes[1]);
        var grant = await cluster.App.RequestAsync(a.Address, Token);
        await using var phone = await NodePhone.ConnectAsync(Cluster.At(b, grant), Token);
        b.Network.Partition();
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        var connecting = Phone.TryConnectAsync(Cluster.At(b, grant), socket, IPAddress.Loopback);
        await LoggedAsync("Executing", 2);
        socket.Dispose();
        await Assert.ThrowsAnyAsync<Exception>(() => connecting);
        await LoggedAsync("Executed", 1);
        b.Network.Heal();

        // What the node has to take out of Redis it does in turn.
        var later = await cluster.ConnectAsync(a, b);
        later.Drop();
        await Condition.UntilAsync(
            async () => (await cluster.Redis.CommandAsync("EXISTS", $"weapp:tunnel:{later.TunnelId}")).Contains("0"), () => "the other tunnel to be forgotten", Token);
        await cluster.UntilAnswerAsync(a, "unknown", isInvalid: true, isUndelivered: false);
        var push = await cluster.PushAsync(a, "{}", grant.TunnelId);
        Assert.Empty(push.Invalid);
        await cluster.UntilAsync(() => phone.Count == 1, "the message");

        Task LoggedAsync(string what, int times) => cluster.UntilAsync(
            () => b.Server.Logs.Lines.Count(line => line.Text.StartsWith($"{what} endpoint 'Weapp tunnel server: socket'", StringComparison.Ordinal)) == times, what);
    }

    [Fact]
    public async Task A_phone_that_is_let_in_while_the_node_begins_to_stop_is_sent_away_and_has_both_its_events()
    {
        await using var cluster = await Cluster.StartAsync(static options => options.NodeLease = TimeSpan.FromSeconds(10));
        var (a, b) = (cluster.Nodes[0], cluster.Nodes[1]);
        var grant = await cluster.App.RequestAsync(a.Address, Token);
        cluster.Redis.Suspend();
        var asked = b.Server.Logs.WaitForAsync(static line => line.Text.Contains("Weapp tunnel server: socket", StringComparison.Ordinal), Token);
        var connecting = Phone.TryConnectAsync(Cluster.At(b, grant));
        await asked;
        var stopping = b.Server.StopAsync();
        cluster.Redis.Resume();
        await using var phone = await connecting;
        var isIn = phone.Status == 101;
        if (isIn)
            Assert.Equal(1001, (await phone.ReadToEndAsync()).Code);
        else
            Assert.Equal(503, phone.Status);
        await stopping;
        var events = isIn ? 1 : 0;
        var history = cluster.App.History(grant.TunnelId);
        Assert.Equal((events, events, 0, false), (history.Connects, history.Closes, history.Repeats, history.IsOutOfOrder));
    }

    private static Task<TimeSpan> UntilKnownAsync(Cluster cluster, NodeGrant grant, bool isKnown) => Condition.UntilAsync(
        async () => (await cluster.Redis.CommandAsync("EXISTS", $"weapp:tunnel:{grant.TunnelId}")).Contains(isKnown ? "1" : "0"),
        () => isKnown ? "the claim" : "the claim to be undone", Token);

    private static async Task<int> TryAsync(Node node, NodeGrant grant)
    {
        await using var phone = await Phone.TryConnectAsync(Cluster.At(node, grant));
        return phone.Status;
    }
}
