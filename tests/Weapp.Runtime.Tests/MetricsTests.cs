using System.Collections.Concurrent;
using System.Diagnostics;
using Weapp.Protocol.Packets;
using Weapp.Runtime.Tests.Support;

namespace Weapp.Runtime.Tests;

/// <summary>What an operator can count and trace.</summary>
public sealed class MetricsTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(7);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_event_is_counted_once_by_kind_and_outcome()
    {
        await using var app = await ChatApp.StartAsync<GatedHandler>();
        app.Server.ExpectError(static line => line.EventId == 100);
        using var counts = new Counts(app);
        app.Journal.Open("request");
        app.Journal.Open("go");

        await app.GetAsync();
        await app.PostAsync("t1", PacketType.Connect);
        await app.SayAsync("t1", "work", "\"go\"");
        await app.SayAsync("t1", "work", "7");
        await app.SayAsync("t1", "nonsense", "7");
        await app.SayAsync("t1", "throw", "7");
        await app.SayAsync("t1", "fail", "7");
        await app.PostAsync("t1", PacketType.Close);
        await app.PostAsync(SignedEvent.Data("""{"tunnelId":"t1","type":"of another version"}"""));

        Assert.Equal(
            [
                "weapp.tunnel.events kind=Close outcome=handled: 1",
                "weapp.tunnel.events kind=Connect outcome=unhandled: 1",
                "weapp.tunnel.events kind=Message outcome=bad_content: 1",
                "weapp.tunnel.events kind=Message outcome=failed: 2",
                "weapp.tunnel.events kind=Message outcome=handled: 1",
                "weapp.tunnel.events kind=Message outcome=unhandled: 1",
                "weapp.tunnel.events kind=Request outcome=handled: 1",
                "weapp.tunnel.events kind=Unknown outcome=unhandled: 1",
            ],
            counts.Lines);
    }

    [Fact]
    public async Task An_event_that_took_too_long_is_counted_as_that_alone()
    {
        var clock = new TestClock();
        await using var app = await ChatApp.StartAsync<GatedHandler>(clock: clock, endpoint: static options => options.HandlerTimeout = Timeout);
        app.Server.ExpectError(static line => line.EventId == 101);
        using var counts = new Counts(app);

        var slow = app.SayAsync("t1", "work", "\"slow\"");
        Assert.Equal("t1 slow begins", await app.Journal.NextAsync());
        await clock.PassAsync(Timeout);
        await slow;
        app.Journal.Open("slow");
        await app.PostAsync("t1", PacketType.Close);

        Assert.Equal(["weapp.tunnel.events kind=Close outcome=handled: 1", "weapp.tunnel.events kind=Message outcome=timeout: 1"], counts.Lines);
    }

    [Fact]
    public async Task A_user_that_is_needed_and_not_known_and_a_refused_tunnel_are_counted()
    {
        await using var app = await ChatApp.StartAsync<ChattyHandler>();
        await using var refusing = await ChatApp.StartAsync<RefusingHandler>();
        refusing.Server.ExpectError(static line => line.EventId == 3);
        using var counts = new Counts(app);
        using var refused = new Counts(refusing);

        await app.SayAsync("t1", "who", "1");
        await refusing.GetAsync();

        Assert.Equal(["weapp.tunnel.events kind=Message outcome=no_user: 1"], counts.Lines);
        Assert.Equal(["weapp.tunnel.events kind=Request outcome=failed: 1"], refused.Lines);
    }

    [Fact]
    public async Task Refused_requests_are_counted_by_code()
    {
        await using var app = await ChatApp.StartAsync<RecordingHandler>(static options => options.MaxEventBytes = 2048);
        using var counts = new Counts(app);

        await app.PostAsync(SignedEvent.Raw("x"u8.ToArray()));
        await app.PostAsync(SignedEvent.Raw("y"u8.ToArray()));
        await app.PostAsync(SignedEvent.Data("null"));
        await app.PostAsync(SignedEvent.Data("null", "another key"));
        await app.PostAsync(SignedEvent.Raw(new byte[4096]));

        Assert.Equal(
            [
                "weapp.tunnel.rejections code=9001: 2",
                "weapp.tunnel.rejections code=9003: 1",
                "weapp.tunnel.rejections code=9004: 1",
                "weapp.tunnel.rejections code=9005: 1",
            ],
            counts.Lines);
    }

    [Fact]
    public async Task Pushes_are_counted_by_outcome()
    {
        await using var good = await FakeTunnelServer.StartAsync();
        await using var bad = await FakeTunnelServer.StartAsync("", 503);
        await using var app = await ChatApp.StartAsync<SendingHandler>(good.Serve);
        await using var failing = await ChatApp.StartAsync<SendingHandler>(bad.Serve);
        using var counts = new Counts(app);
        using var failures = new Counts(failing);

        await app.Server.Service<ITunnels>().EmitAsync("t1", "n", 1, Token);
        await app.Server.Service<ITunnels>().CloseAsync("t1", Token);
        await app.Server.Service<ITunnels>().BroadcastAsync([], "n", 1, Token);
        await Assert.ThrowsAsync<TunnelException>(async () => await failing.Server.Service<ITunnels>().EmitAsync("t1", "n", 1, Token));

        Assert.Equal(["weapp.tunnel.pushes outcome=ok: 2"], counts.Lines);
        Assert.Equal(["weapp.tunnel.pushes outcome=BadStatus: 1"], failures.Lines);
    }

    [Fact]
    public async Task Every_event_is_an_activity_of_the_source_Weapp()
    {
        var activities = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == "Weapp",
            Sample = static (ref _) => ActivitySamplingResult.AllData,
            ActivityStopped = activities.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        await using var app = await ChatApp.StartAsync<GatedHandler>();
        app.Server.ExpectError(static line => line.EventId == 100);
        using var test = new Activity("test").Start();

        await app.PostAsync("t1", PacketType.Close);
        await app.SayAsync("t1", "fail", "1");

        var ours = activities.Where(activity => activity.TraceId == test.TraceId).ToArray();
        Assert.Equal(["Close", "Message"], ours.Select(static activity => activity.GetTagItem("weapp.event")));
        Assert.All(ours, static activity => Assert.Equal("weapp.tunnel.event", activity.OperationName));
        Assert.Equal([ActivityStatusCode.Unset, ActivityStatusCode.Error], ours.Select(static activity => activity.Status));
    }
}
