using Weapp.Protocol.Packets;
using Weapp.Runtime.Tests.Support;

namespace Weapp.Runtime.Tests;

/// <summary>Events of one tunnel come one at a time and in order; tunnels do not wait for each other.</summary>
public sealed class OrderTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(7);

    [Fact]
    public async Task Events_of_one_tunnel_are_handled_one_at_a_time_in_the_order_of_arrival()
    {
        var clock = new TestClock();
        await using var app = await ChatApp.StartAsync<GatedHandler>(clock: clock, endpoint: static options => options.HandlerTimeout = Timeout);
        string[] names = ["a", "b", "c", "d", "e"];
        List<Task<Answer>> answers = [];
        foreach (var name in names)
        {
            answers.Add(app.SayAsync("t1", "work", $"\"{name}\""));
            // The event has arrived when it waits: the first for its handler, the others for their turn.
            await clock.TimersAsync(Timeout);
        }

        answers.Add(app.PostAsync("t1", PacketType.Close));
        await clock.TimersAsync(Timeout);
        Assert.Equal(["t1 a begins"], app.Journal.All);
        foreach (var name in names.Reverse())
            app.Journal.Open(name);

        Assert.All(await Task.WhenAll(answers), static answer => Assert.Equal("200 0", answer.Code));
        Assert.Equal([.. names.SelectMany(static name => (string[])[$"t1 {name} begins", $"t1 {name} ends"]), "t1 closes"], app.Journal.All);
    }

    [Fact]
    public async Task Other_tunnels_do_not_wait()
    {
        await using var app = await ChatApp.StartAsync<GatedHandler>(clock: new TestClock());

        var blocked = app.SayAsync("t1", "work", "\"blocked\"");
        Assert.Equal("t1 blocked begins", await app.Journal.NextAsync());
        app.Journal.Open("free");
        Assert.Equal("200 0", (await app.SayAsync("t2", "work", "\"free\"")).Code);
        Assert.False(blocked.IsCompleted);
        app.Journal.Open("blocked");

        Assert.Equal("200 0", (await blocked).Code);
        Assert.Equal(["t1 blocked begins", "t2 free begins", "t2 free ends", "t1 blocked ends"], app.Journal.All);
    }

    [Fact]
    public async Task A_hundred_tunnels_at_once_lose_nothing()
    {
        await using var app = await ChatApp.StartAsync<RecordingHandler>();
        await Parallel.ForAsync(0, 100, TestContext.Current.CancellationToken, async (tunnel, _) =>
        {
            for (var i = 0; i < 10; i++)
                Assert.Equal("200 0", (await app.SayAsync($"t{tunnel}", "n", $"{i}")).Code);
        });

        var byTunnel = app.Journal.All.GroupBy(static entry => entry.Split(' ')[1]).ToDictionary(static group => group.Key);
        Assert.Equal(100, byTunnel.Count);
        Assert.All(byTunnel, static tunnel =>
            Assert.Equal(Enumerable.Range(0, 10).Select(i => $"message {tunnel.Key} n {i}"), tunnel.Value));
    }
}
