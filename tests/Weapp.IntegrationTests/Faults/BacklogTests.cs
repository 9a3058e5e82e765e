using Weapp.TestKit;
using Weapp.TestKit.Nodes;

namespace Weapp.IntegrationTests.Faults;

/// <summary>An app that is away for long while its phones talk.</summary>
public sealed class BacklogTests
{
    private const int Phones = 1000;

    private static readonly TimeSpan Away = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(1);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_app_that_was_away_for_thirty_seconds_gets_every_message_of_a_thousand_phones_in_order_and_once()
    {
        await using var system = await EchoSystem.StartAsync();
        var phones = await system.ConnectAsync(Phones);
        await Condition.UntilAsync(() => system.Read().Count == Phones, static () => "all connect events", Token);
        system.App.Kill();
        await system.App.Exited;

        using var end = new CancellationTokenSource();
        var talk = phones.Select((phone, i) => TalkAsync(phone, i, end.Token)).ToList();
        // How long it is away is what the test is about.
        await Task.Delay(Away, Token);
        await system.RestartAppAsync();
        // What was answered after a message has been read.
        var backlog = phones.Select(static phone => phone.Pongs).ToList();
        Assert.All(backlog, static said => Assert.InRange(said, Away / Pace * 0.9, double.MaxValue));
        var took = await Condition.UntilAsync(
            () => phones.Zip(backlog).All(static pair => pair.First.Count >= pair.Second),
            () => $"the backlog: {phones.Zip(backlog).Sum(static pair => Math.Max(0, pair.Second - pair.First.Count))} of {backlog.Sum()} messages are missing",
            Token);
        TestContext.Current.SendDiagnosticMessage($"A backlog of {backlog.Sum()} messages was gone in {took.TotalSeconds:0.0} s.");

        await end.CancelAsync();
        var said = await Task.WhenAll(talk);
        await Condition.UntilAsync(
            () => phones.Zip(said).All(static pair => pair.First.Count >= pair.Second && pair.First.Pongs == pair.Second), static () => "the last messages and pongs", Token);
        var seen = system.Read();
        Assert.All(phones.Zip(said), pair =>
        {
            var numbers = Enumerable.Range(1, pair.Second).ToList();
            Assert.Equal(["connect", .. numbers.Select(static n => $"say {n}")], seen[pair.First.TunnelId].Where(static line => !line.StartsWith("echo", StringComparison.Ordinal)));
            Assert.Equal(numbers.Select(static n => $$$"""{"type":"echo","content":{"number":{{{n}}}}}"""), pair.First.Messages);
        });
    }

    // A message and a ping, at each phone's own moment of the second; how many there were.
    private static async Task<int> TalkAsync(NodePhone phone, int number, CancellationToken end)
    {
        await Task.Delay(Pace * number / Phones, Token);
        using var pace = new PeriodicTimer(Pace);
        for (var n = 1; ; n++)
        {
            await phone.SendAsync($$$"""message:{"type":"say","content":{"number":{{{n}}}}}""");
            await phone.SendAsync("ping");
            await pace.WaitForNextTickAsync(Token);
            if (end.IsCancellationRequested)
                return n;
        }
    }
}
