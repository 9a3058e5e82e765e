using Weapp.Protocol.Packets;
using Weapp.Runtime.Tests.Support;

namespace Weapp.Runtime.Tests;

/// <summary>Events that come twice, too late, too early or out of order.</summary>
public sealed class ReplayTests
{
    private readonly TestClock _clock = new();

    [Theory]
    [InlineData(TunnelSignatureMode.Both)]
    [InlineData(TunnelSignatureMode.Legacy)]
    public async Task A_hundred_copies_at_once_are_one_event_and_are_answered_when_it_is_handled(TunnelSignatureMode mode)
    {
        await using var app = await StartAsync<GatedHandler>();
        var copies = Enumerable.Range(0, 100).Select(_ => app.PostAsync(Event("t1", 1, "work", mode))).ToArray();
        Assert.Equal("t1 gate begins", await app.Journal.NextAsync());

        // Of another tunnel: a request that comes later than the copies and is answered.
        app.Journal.Open("other");
        Assert.Equal("200 0", (await app.PostAsync(Event("t2", 1, "work", mode, "other"))).Code);
        Assert.All(copies, static copy => Assert.False(copy.IsCompleted));
        app.Journal.Open("gate");

        Assert.All(await Task.WhenAll(copies), static answer => Assert.Equal(ChatApp.Ok, answer.Text));
        Assert.Equal(ChatApp.Ok, (await app.PostAsync(Event("t1", 1, "work", mode))).Text);
        _clock.Advance(TimeSpan.FromMinutes(9));
        Assert.Equal(ChatApp.Ok, (await app.PostAsync(Event("t1", 1, "work", mode))).Text);
        Assert.Single(app.Journal.All, static entry => entry == "t1 gate begins");
        Assert.Single(app.Journal.All, static entry => entry == "t1 gate ends");
    }

    [Fact]
    public async Task Every_event_delivered_several_times_has_one_effect()
    {
        await using var app = await StartAsync<RecordingHandler>();
        PacketType[] types = [PacketType.Connect, PacketType.Message, PacketType.Message, PacketType.Close];
        for (var seq = 1; seq <= types.Length; seq++)
        {
            var copies = Enumerable.Range(0, 1 + seq).Select(_ => app.PostAsync(Numbered(types[seq - 1], seq)));
            Assert.All(await Task.WhenAll(copies), static answer => Assert.Equal(ChatApp.Ok, answer.Text));
        }

        _clock.Advance(TimeSpan.FromMinutes(9));
        for (var seq = 1; seq <= types.Length; seq++)
            Assert.Equal(ChatApp.Ok, (await app.PostAsync(Numbered(types[seq - 1], seq))).Text);
        Assert.Equal(["connect t nobody", "message t say 2", "message t say 3", "close t nobody"], app.Journal.All);
    }

    [Fact]
    public async Task A_gap_is_refused_until_the_missing_event_has_come()
    {
        await using var app = await StartAsync<RecordingHandler>();
        await AssertAsync(app, PacketType.Connect, 1, "200 0");
        await AssertAsync(app, PacketType.Message, 3, "409 9009");
        await AssertAsync(app, PacketType.Message, 2, "200 0");
        await AssertAsync(app, PacketType.Message, 4, "409 9009");
        await AssertAsync(app, PacketType.Message, 3, "200 0");
        await AssertAsync(app, PacketType.Message, 4, "200 0");

        Assert.Equal(["connect t nobody", "message t say 2", "message t say 3", "message t say 4"], app.Journal.All);
    }

    [Fact]
    public async Task A_close_event_may_leave_a_gap_or_have_no_number_and_nothing_new_comes_after_it()
    {
        await using var app = await StartAsync<RecordingHandler>();
        await AssertAsync(app, PacketType.Connect, 1, "200 0");
        await AssertAsync(app, PacketType.Close, null, "200 0");
        await AssertAsync(app, PacketType.Close, 7, "200 0");
        await AssertAsync(app, PacketType.Message, 2, "409 9009");
        await AssertAsync(app, PacketType.Connect, 1, "200 0");

        Assert.Equal(["connect t nobody", "close t nobody"], app.Journal.All);
    }

    [Fact]
    public async Task After_a_restart_events_go_on_wherever_they_are()
    {
        await using var app = await StartAsync<RecordingHandler>();
        await AssertAsync(app, PacketType.Message, 41, "200 0");
        await AssertAsync(app, PacketType.Message, 41, "200 0");
        await AssertAsync(app, PacketType.Message, 42, "200 0");

        Assert.Equal(["message t say 41", "message t say 42"], app.Journal.All);
    }

    [Fact]
    public async Task Where_several_processes_share_the_tunnels_gaps_are_taken_and_repeats_are_not()
    {
        await using var app = await StartAsync<RecordingHandler>(static options => options.CheckSequence = false);
        foreach (var seq in (long[])[1, 4, 2, 7, 7])
            await AssertAsync(app, PacketType.Message, seq, "200 0");

        Assert.Equal(["message t say 1", "message t say 4", "message t say 7"], app.Journal.All);
    }

    [Fact]
    public async Task A_failure_that_is_reported_may_be_repeated_and_its_copies_hear_of_it()
    {
        await using var app = await StartAsync<FlakyHandler>(static options => options.ReportHandlerFailure = true);
        app.Server.ExpectError(static line => line.EventId == 100);
        var first = app.PostAsync(Event("t1", 1, "try"));
        Assert.Equal("attempt 1", await app.Journal.NextAsync());
        var copy = app.PostAsync(Event("t1", 1, "try"));
        await app.PostAsync(Event("t2", 1, "nothing"));
        app.Journal.Open("attempt 1");

        // The copy may have come before the failure, or be the second attempt.
        Assert.Equal("500 9500", (await first).Code);
        app.Journal.Open("attempt 2");
        Assert.Contains((await copy).Code, (string[])["500 9500", "200 0"]);
        Assert.Equal("200 0", (await app.PostAsync(Event("t1", 1, "try"))).Code);
        Assert.Equal(["attempt 1", "attempt 2"], app.Journal.All);
    }

    [Theory]
    [InlineData(-4 * 60, "200 0")]
    [InlineData(4 * 60, "200 0")]
    [InlineData(-300, "200 0")]
    [InlineData(300, "200 0")]
    [InlineData(-301, "400 9007")]
    [InlineData(301, "400 9007")]
    [InlineData(-10 * 60, "400 9007")]
    [InlineData(10 * 60, "400 9007")]
    public async Task Clocks_may_differ_by_five_minutes_whatever_the_signature(int seconds, string expected)
    {
        await using var app = await StartAsync<RecordingHandler>();
        var at = _clock.GetUtcNow().AddSeconds(seconds);

        Assert.Equal(expected, (await app.PostAsync(SignedEvent.Numbered("t1", PacketType.Connect, 1, at))).Code);
        Assert.Equal(expected, (await app.PostAsync(SignedEvent.Numbered("t2", PacketType.Connect, 1, at, mode: TunnelSignatureMode.Legacy))).Code);
        Assert.Equal(expected == "200 0" ? 2 : 0, app.Journal.All.Count);
    }

    [Fact]
    public async Task A_captured_event_is_of_no_use_once_it_is_five_minutes_old()
    {
        await using var app = await StartAsync<RecordingHandler>();
        await AssertAsync(app, PacketType.Connect, 1, "200 0");
        var at = _clock.GetUtcNow();
        _clock.Advance(TimeSpan.FromSeconds(301));

        Assert.Equal("400 9007", (await app.PostAsync(SignedEvent.Numbered("t", PacketType.Connect, 1, at))).Code);
        Assert.Equal("400 9007", (await app.PostAsync(SignedEvent.Numbered("t", PacketType.Connect, 1, at, mode: TunnelSignatureMode.Legacy))).Code);
        Assert.Single(app.Journal.All);
    }

    [Fact]
    public async Task An_event_with_an_id_and_without_a_number_is_handled_once()
    {
        await using var app = await StartAsync<RecordingHandler>();
        for (var i = 0; i < 3; i++)
            Assert.Equal(ChatApp.Ok, (await app.PostAsync(WithId("call-1"))).Text);
        Assert.Equal(ChatApp.Ok, (await app.PostAsync(WithId("call-2"))).Text);

        Assert.Equal(["connect t nobody", "connect t nobody"], app.Journal.All);
    }

    [Fact]
    public async Task Events_of_an_old_tunnel_server_are_taken_as_they_come()
    {
        await using var app = await StartAsync<RecordingHandler>();
        for (var i = 0; i < 3; i++)
            Assert.Equal(ChatApp.Ok, (await app.PostAsync("t", PacketType.Connect)).Text);

        Assert.Equal(3, app.Journal.All.Count);
    }

    [Fact]
    public async Task A_tunnel_is_forgotten_ten_to_twenty_minutes_after_its_last_event()
    {
        await using var app = await StartAsync<RecordingHandler>();
        await AssertAsync(app, PacketType.Message, 5, "200 0");
        _clock.Advance(TimeSpan.FromMinutes(10));
        await AssertAsync(app, PacketType.Message, 7, "409 9009");
        foreach (var tunnel in (string[])["a", "b"])
        {
            _clock.Advance(TimeSpan.FromMinutes(10));
            Assert.Equal("200 0", (await app.PostAsync(Event(tunnel, 1, "say"))).Code);
        }

        await AssertAsync(app, PacketType.Message, 7, "200 0");
    }

    private Task<ChatApp> StartAsync<THandler>(Action<TunnelEndpointOptions>? endpoint = null)
        where THandler : class, ITunnelHandler<THandler> =>
        ChatApp.StartAsync<THandler>(endpoint: endpoint, clock: _clock);

    private HttpContent Event(string tunnelId, long seq, string type, TunnelSignatureMode mode = TunnelSignatureMode.Both, string name = "gate") =>
        SignedEvent.Numbered(tunnelId, PacketType.Message, seq, _clock.GetUtcNow(), SignedEvent.Message(type, $"\"{name}\""), mode);

    private HttpContent Numbered(PacketType type, long? seq) =>
        SignedEvent.Numbered("t", type, seq, _clock.GetUtcNow(), type == PacketType.Message ? SignedEvent.Message("say", $"{seq}") : "");

    private HttpContent WithId(string id) => SignedEvent.WithHeaders("""{"tunnelId":"t","type":"connect"}""", id, _clock.GetUtcNow());

    private async Task AssertAsync(ChatApp app, PacketType type, long? seq, string expected) =>
        Assert.Equal(expected, (await app.PostAsync(Numbered(type, seq))).Code);
}

/// <summary>Fails at the first attempt.</summary>
[TunnelHandler]
public sealed partial class FlakyHandler(Journal journal)
{
    [TunnelMessage("try")]
    public async Task OnTry(string tunnelId)
    {
        var attempt = $"attempt {journal.All.Count + 1}";
        journal.Add(attempt);
        await journal.WaitAt(attempt);
        if (attempt == "attempt 1")
            throw new InvalidOperationException($"not yet for {tunnelId}");
    }

    [TunnelMessage]
    public static void OnOther(string tunnelId, string type) => _ = (tunnelId, type);
}
