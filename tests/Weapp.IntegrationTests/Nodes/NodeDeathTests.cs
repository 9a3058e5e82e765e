using Weapp.TestKit;
using Weapp.TestKit.Nodes;

namespace Weapp.IntegrationTests.Nodes;

/// <summary>Thousands of phones on two nodes, of which one dies.</summary>
public sealed class NodeDeathTests
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(4);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Broadcasts_reach_everybody_complete_and_in_order_and_a_node_that_is_killed_takes_nobody_else_with_it()
    {
        await using var system = await NodeSystem.StartAsync(Lease);
        var phones = await system.ConnectAsync(2000);
        string[] ids = [.. phones.Select(static phone => phone.TunnelId)];
        for (var i = 0; i < 50; i++)
        {
            var push = await system.App.PushAsync(system.App.Nodes[i % 2], Message(i), ids, Token);
            Assert.Empty(push.Invalid);
            Assert.Empty(push.Undelivered);
        }

        await Condition.UntilAsync(() => phones.All(static phone => phone.Count >= 50), () => "all messages", Token);
        Assert.All(phones, static phone => Assert.Equal(Enumerable.Range(0, 50).Select(Message), phone.Messages));

        // Now one of the two dies in the middle of it.
        var dead = phones.Where(phone => phone.NodePort == system.App.Nodes[1].Port).ToList();
        var alive = phones.Except(dead).ToList();
        Assert.Equal(1000, dead.Count);
        var lost = dead.Select(static phone => phone.TunnelId).ToHashSet(StringComparer.Ordinal);
        var undelivered = 0;
        for (var i = 50; i < 100; i++)
        {
            var asked = system.App.PushAsync(system.App.Nodes[0], Message(i), ids, Token, $"call-{i}");
            if (i == 60)
            {
                SpinWait.SpinUntil(() => asked.IsCompleted || dead.Any(static phone => phone.Count > 60), TimeSpan.FromSeconds(5));
                system.Nodes[1].Kill();
            }

            var push = await asked;
            Assert.DoesNotContain(push.Invalid, id => !lost.Contains(id));
            Assert.DoesNotContain(push.Undelivered, id => !lost.Contains(id));
            Assert.True(i < 60 ? push.Invalid.Count + push.Undelivered.Count == 0 : i == 60 || push.Invalid.Count + push.Undelivered.Count == 1000);
            undelivered += push.Undelivered.Count;
        }

        Assert.True(undelivered > 0);
        await system.UntilClosedAsync(dead);
        Assert.All(system.App.Tunnels.Values, static history => Assert.Equal(0, history.Repeats));
        Assert.Equal(1000, (await system.App.PushAsync(system.App.Nodes[0], Message(100), ids, Token)).Invalid.Count);

        // The app asks again for what the node's death left open; whoever has had it does not get it twice.
        Assert.Equal(1000, (await system.App.PushAsync(system.App.Nodes[0], Message(60), ids, Token, "call-60")).Invalid.Count);
        Assert.Equal(1000, (await system.App.PushAsync(system.App.Nodes[0], Message(101), ids, Token)).Invalid.Count);
        await Condition.UntilAsync(() => alive.All(static phone => phone.Count >= 102), () => "all messages at the node that lives", Token);
        Assert.All(alive, static phone => Assert.Equal(Enumerable.Range(0, 102).Select(Message), phone.Messages));
        Assert.All(alive, static phone => Assert.True(phone.IsOpen));
        Assert.All(dead, static phone => Assert.Equal(Enumerable.Range(0, phone.Count).Select(Message), phone.Messages));
        await Condition.UntilAsync(
            async () => (await system.Redis.CommandAsync("EVAL", "return #redis.call('KEYS', 'weapp:tunnel:*')", "0")).Contains("1000"),
            () => "the dead node's keys to go", Token);
    }

    [Fact]
    public async Task A_node_that_sleeps_longer_than_its_lease_finds_its_tunnels_closed_and_goes_on()
    {
        await using var system = await NodeSystem.StartAsync(Lease);
        var phones = await system.ConnectAsync(200);
        var sleeping = phones.Where(phone => phone.NodePort == system.App.Nodes[1].Port).ToList();
        var awake = phones.Except(sleeping).ToList();
        string[] ids = [.. sleeping.Select(static phone => phone.TunnelId)];
        system.Nodes[1].Suspend();

        var push = await system.App.PushAsync(system.App.Nodes[0], Message(0), ids, Token);
        Assert.Empty(push.Invalid);
        Assert.Equal(ids, push.Undelivered);
        await system.UntilClosedAsync(sleeping);
        Assert.Equal(ids, (await system.App.PushAsync(system.App.Nodes[0], Message(1), ids, Token)).Invalid);

        // What is sent to it meanwhile it finds when it wakes up.
        var asked = Enumerable.Range(2, 20).Select(i => system.App.PushAsync(system.App.Nodes[1], Message(i), ids, Token)).ToList();
        system.Nodes[1].Resume();
        Assert.All(await Task.WhenAll(asked), answer => Assert.Equal(ids, answer.Invalid));
        await Condition.UntilAsync(() => sleeping.All(static phone => !phone.IsOpen), () => "the end of the tunnels", Token);
        Assert.All(sleeping, static phone => Assert.Equal(1001, phone.CloseCode));
        Assert.All(sleeping, static phone => Assert.Empty(phone.Messages));
        Assert.All(awake, static phone => Assert.True(phone.IsOpen));
        var back = await system.ConnectAsync(20);
        ids = [.. back.Select(static phone => phone.TunnelId)];
        Assert.Empty((await system.App.PushAsync(system.App.Nodes[1], Message(0), ids, Token)).Invalid);
        await Condition.UntilAsync(() => back.All(static phone => phone.Count == 1), () => "the message", Token);
        await system.UntilClosedAsync(sleeping);
    }

    [Fact]
    public async Task Five_thousand_phones_are_all_back_before_one_gives_up()
    {
        await using var system = await NodeSystem.StartAsync(TimeSpan.FromSeconds(15), waits: false);
        using var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 200, ConnectTimeout = TimeSpan.FromSeconds(5) });
        var phones = new List<NodePhone>();
        try
        {
            while (phones.Count < 5000)
            {
                phones.AddRange(Enumerable.Range(0, 250).Select(_ => NodePhone.Stay(system.App.ReceiveUrl, client)));
                await Condition.UntilAsync(() => phones.All(static phone => phone.IsOpen), () => "the phones to connect", Token);
            }

            var lost = phones.Where(phone => phone.NodePort == system.App.Nodes[1].Port).Select(static phone => phone.TunnelId).ToHashSet(StringComparer.Ordinal);
            Assert.InRange(lost.Count, 2000, 3000);
            system.Nodes[1].Kill();
            var took = await Condition.UntilAsync(
                () => phones.All(phone => phone.IsOpen && !lost.Contains(phone.TunnelId)),
                () => $"the phones to come back: {phones.Count(static phone => !phone.IsOpen)} are away, {phones.Count(static phone => phone.GaveUp)} gave up",
                Token);
            Assert.True(took < TimeSpan.FromSeconds(12), $"It took {took.TotalSeconds:0.0} s.");
            Assert.DoesNotContain(phones, static phone => phone.GaveUp);
            Assert.InRange(phones.Count(static phone => phone.Tries > 3), 0, lost.Count / 100);
            TestContext.Current.SendDiagnosticMessage($"{lost.Count} phones were back in {took.TotalSeconds:0.0} s; most tries: {phones.Max(static phone => phone.Tries)}.");
            var took2 = await Condition.UntilAsync(
                () => lost.All(id => system.App.History(id).Closes == 1), () => "all close events", Token, TimeSpan.FromSeconds(40));
            Assert.True(took + took2 < TimeSpan.FromSeconds(20), $"It took {(took + took2).TotalSeconds:0.0} s.");
            TestContext.Current.SendDiagnosticMessage($"Their close events came {took2.TotalSeconds:0.0} s later.");
            var push = await system.App.PushAsync(system.App.Nodes[0], Message(0), [.. phones.Select(static phone => phone.TunnelId), .. lost.Take(10)], Token);
            Assert.Equal(lost.Take(10), push.Invalid);
        }
        finally
        {
            await Parallel.ForEachAsync(phones, Token, static async (phone, _) => await phone.DisposeAsync());
        }
    }

    private static string Message(int n) => $$"""{"n":{{n}}}""";
}
