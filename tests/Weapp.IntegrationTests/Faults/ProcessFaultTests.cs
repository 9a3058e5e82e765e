using Weapp.TestKit;
using Weapp.TestKit.Nodes;

namespace Weapp.IntegrationTests.Faults;

/// <summary>An app that is killed, and a tunnel server that is told to stop, while phones talk.</summary>
public sealed class ProcessFaultTests
{
    private static readonly TimeSpan Away = TimeSpan.FromSeconds(5);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_app_that_is_killed_for_five_seconds_gets_every_message_in_order_and_once()
    {
        await using var system = await EchoSystem.StartAsync();
        var phones = await system.ConnectAsync(500);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var talk = phones.Select(phone => TalkAsync(phone, enough.Token)).ToList();
        await Condition.UntilAsync(() => system.Read().Count == 500 && system.Read().Values.Sum(static events => events.Count) > 3000, () => "the talk to be in full swing", Token);
        system.App.Kill();
        await system.App.Exited;
        var killed = TimeProvider.System.GetTimestamp();
        var taken = phones.Select(static phone => phone.Pongs).ToList();
        await system.Server.WaitForAsync("cannot be reached", Token);
        // Five seconds are what the test is about, and the least: every phone has to have said something into them.
        await Condition.UntilAsync(
            () => TimeProvider.System.GetElapsedTime(killed) >= Away && phones.Zip(taken).All(static phone => phone.First.Pongs > phone.Second + 3),
            () => "the phones to talk while the app is away", Token);
        await system.RestartAppAsync();
        await enough.CancelAsync();
        var said = await Task.WhenAll(talk);
        foreach (var phone in phones)
            await phone.SendAsync("close");
        await Condition.UntilAsync(
            () => system.Read().Values.Count(static events => events[^1] == "close") == 500, () => "every tunnel's close event", Token, TimeSpan.FromSeconds(90));

        var seen = system.Read();
        Assert.All(phones.Zip(said), phone => Assert.Equal(
            ["connect", .. Enumerable.Range(1, phone.Second).Select(static n => $"say {n}"), "close"],
            WithoutRepeats(seen[phone.First.TunnelId].Where(static line => !line.StartsWith("echo", StringComparison.Ordinal)))));
    }

    [Fact]
    public async Task A_server_that_is_told_to_stop_loses_nothing_that_it_took_and_is_gone_in_time()
    {
        await using var system = await EchoSystem.StartAsync();
        var phones = await system.ConnectAsync(200);
        var talk = phones.Select(static phone => TalkAsync(phone, Token)).ToList();
        await Condition.UntilAsync(() => phones.All(static phone => phone.Pongs > 3), () => "the talk to be in full swing", Token);
        system.Server.Terminate();
        var exit = await system.Server.Exited.WaitAsync(TimeSpan.FromSeconds(30), Token);
        Assert.Equal(0, exit);
        await Task.WhenAll(talk);

        Assert.All(phones, static phone => Assert.Equal(1001, phone.CloseCode));
        var seen = system.Read();
        Assert.All(phones, phone =>
        {
            var events = seen[phone.TunnelId];
            Assert.Equal(("connect", "close"), (events[0], events[^1]));
            var said = events.Where(static line => line.StartsWith("say ", StringComparison.Ordinal)).ToList();
            Assert.Equal(Enumerable.Range(1, said.Count).Select(static n => $"say {n}"), said);
            // A ping follows each message: what was answered after it has been read.
            Assert.True(said.Count >= phone.Pongs, $"{phone.Pongs} messages were taken, {said.Count} arrived.");
            // What the app was told is on its way was on its way.
            var echoed = events.Where(static line => line.StartsWith("echo ", StringComparison.Ordinal)).Select(static line => line["echo ".Length..]);
            Assert.Equal(echoed.Select(static n => $$$"""{"type":"echo","content":{"number":{{{n}}}}}"""), phone.Messages);
        });
    }

    // An event that the app had when it died comes again, next to itself.
    private static IEnumerable<string> WithoutRepeats(IEnumerable<string> events)
    {
        string? last = null;
        foreach (var line in events)
        {
            if (line != last)
                yield return last = line;
        }
    }

    // Until it is enough, or the connection has ended: how many messages were sent.
    private static async Task<int> TalkAsync(NodePhone phone, CancellationToken enough)
    {
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(300));
        var n = 0;
        while (!enough.IsCancellationRequested && phone.IsOpen)
        {
            n++;
            if (!await phone.SendAsync($$$"""message:{"type":"say","content":{"number":{{{n}}}}}""") || !await phone.SendAsync("ping"))
                break;
            await pace.WaitForNextTickAsync(Token);
        }

        return n;
    }
}
