using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Weapp.Protocol.Packets;
using Weapp.TestKit;
using Weapp.TunnelServer.Tests.Support;

namespace Weapp.TunnelServer.Tests;

/// <summary>What the tunnels of one app have in common: turns, its absence, its backlog.</summary>
public sealed class AppLinkTests
{
    private const string Accepted = "weapp.tunnel_server.events{type=connect,outcome=accepted}";

    private readonly TestClock _clock = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task While_an_app_is_away_one_event_at_a_time_looks_for_it_and_then_all_go_on()
    {
        await using var gateway = await StartAsync();
        using var counts = new MeterCounts(gateway.Server);
        var phones = await ConnectAsync(gateway, 20);
        // Whatever the app takes says that it is there.
        await counts.UntilAsync(Accepted, 20, Token);
        var calls = 0;
        var isAway = true;
        gateway.Intercept = context =>
        {
            if (!isAway)
                return Task.FromResult(false);
            Interlocked.Increment(ref calls);
            context.Abort();
            return Task.FromResult(true);
        };
        // One finds out that it is away.
        await phones[0].Phone.SendMessageAsync("""{"n":1}""");
        var pause = await NextPauseAsync();
        Assert.Equal(1, calls);
        foreach (var (phone, _) in phones.Skip(1))
        {
            await phone.SendMessageAsync("""{"n":1}""");
            await phone.PingAsync();
        }

        for (var probe = 2; probe <= 4; probe++)
        {
            _clock.Advance(pause);
            pause = await NextPauseAsync();
            Assert.Equal(probe, calls);
        }

        isAway = false;
        _clock.Advance(pause);
        for (var i = 0; i < phones.Count; i++)
            await gateway.App.NextAsync(PacketType.Message);
        Assert.All(phones, phone => Assert.Equal(["Connect", """message {"n":1}"""], gateway.App.AcceptedOf(phone.Id)));
        // Once for all of them.
        var lines = gateway.Server.Logs.Lines.Where(static line => line.Category == "Weapp.TunnelServer" && line.Level >= LogLevel.Information && line.EventId.Id is >= 3 and <= 13);
        Assert.Equal([12, 13], lines.Select(static line => line.EventId.Id));
    }

    [Fact]
    public async Task At_most_so_many_events_are_with_an_app_at_once_and_another_app_does_not_wait()
    {
        await using var gateway = await StartAsync(static options => options.DeliveriesPerApp = 4);
        var other = await gateway.AddAppAsync();
        var phones = await ConnectAsync(gateway, 12);
        var (others, _) = await gateway.ConnectAsync(app: other);
        var now = 0;
        var most = 0;
        var inside = new SemaphoreSlim(0);
        var release = new TaskCompletionSource();
        gateway.Intercept = async context =>
        {
            if (context.Connection.LocalPort == other.Address.Port)
                return false;
            InterlockedMax(ref most, Interlocked.Increment(ref now));
            inside.Release();
            await release.Task;
            Interlocked.Decrement(ref now);
            return false;
        };
        foreach (var (phone, _) in phones)
            await phone.SendMessageAsync("{}");
        for (var i = 0; i < 4; i++)
            Assert.True(await inside.WaitAsync(Phone.Deadline, Token));
        await others.SendMessageAsync("""{"other":true}""");
        Assert.Equal("""{"other":true}""", (await gateway.App.NextAsync(PacketType.Message)).Content);
        Assert.Equal(4, Volatile.Read(ref now));
        release.SetResult();
        for (var i = 0; i < phones.Count; i++)
            await gateway.App.NextAsync(PacketType.Message);
        Assert.Equal(4, most);
    }

    [Theory]
    [InlineData("7", 7)]
    [InlineData("0", 1)]
    [InlineData("3600", 60)]
    public async Task Retry_After_is_heard_within_reason(string header, int seconds)
    {
        await using var gateway = await StartAsync();
        var (phone, _) = await gateway.ConnectAsync();
        var calls = 0;
        gateway.Intercept = context =>
        {
            if (Interlocked.Increment(ref calls) > 1)
                return Task.FromResult(false);
            context.Response.StatusCode = 429;
            context.Response.Headers.RetryAfter = header;
            return Task.FromResult(true);
        };
        await phone.SendMessageAsync("{}");
        var pause = await _clock.NextTimerAsync(time => time == TimeSpan.FromSeconds(seconds));
        _clock.Advance(pause);
        await gateway.App.NextAsync(PacketType.Message);
    }

    [Theory]
    [InlineData(408)]
    [InlineData(425)]
    [InlineData(429)]
    [InlineData(502)]
    public async Task One_answer_that_is_not_the_apps_own_holds_up_nobody_else_and_three_do(int status)
    {
        await using var gateway = await StartAsync();
        using var counts = new MeterCounts(gateway.Server);
        var (one, _) = await gateway.ConnectAsync();
        var (two, _) = await gateway.ConnectAsync();
        await counts.UntilAsync(Accepted, 2, Token);
        var bad = 4;
        gateway.Intercept = async context =>
        {
            if (bad == 0)
                return false;
            context.Request.EnableBuffering();
            using var reader = new StreamReader(context.Request.Body, leaveOpen: true);
            // With the backslash before its quotation mark: signatures and ids may have the letters in them.
            var isBad = (await reader.ReadToEndAsync(context.RequestAborted)).Contains("bad\\", StringComparison.Ordinal);
            context.Request.Body.Position = 0;
            if (isBad)
                (context.Response.StatusCode, bad) = (status, bad - 1);
            return isBad;
        };
        await one.SendMessageAsync("""{"is":"bad"}""");
        var pause = await NextPauseAsync();
        await two.SendMessageAsync("""{"is":"good"}""");
        Assert.Contains("good", (await gateway.App.NextAsync(PacketType.Message)).Content, StringComparison.Ordinal);
        await counts.UntilAsync("weapp.tunnel_server.events{type=message,outcome=accepted}", 1, Token);
        for (var i = 0; i < 4; i++)
        {
            _clock.Advance(pause);
            if (i < 3)
                pause = await NextPauseAsync();
        }

        Assert.Contains("bad", (await gateway.App.NextAsync(PacketType.Message)).Content, StringComparison.Ordinal);
        Assert.Single(gateway.Server.Logs.Lines, static line => line.Category == "Weapp.TunnelServer" && line.EventId.Id == 12);
    }

    [Fact]
    public async Task A_tunnel_whose_app_stays_away_is_closed_with_1013_and_its_close_event_comes_when_the_app_is_back_hours_later()
    {
        await using var gateway = await StartAsync();
        using var counts = new MeterCounts(gateway.Server);
        var (phone, id) = await gateway.ConnectAsync();
        var isAway = true;
        gateway.Intercept = context =>
        {
            // Then nobody looks within a pause.
            if (isAway)
                (context.Response.StatusCode, context.Response.Headers.RetryAfter) = (503, "1");
            return Task.FromResult(isAway);
        };
        for (var i = 0; i < 3; i++)
            await phone.SendMessageAsync("{}");
        await phone.PingAsync();
        for (var attempt = 1; attempt < 12; attempt++)
            _clock.Advance(await NextPauseAsync());
        Assert.Equal(1013, await phone.ReadCloseCodeAsync());
        _clock.Advance(await NextPauseAsync());
        for (var hour = 0; hour < 5; hour++)
            _clock.Advance(await NextPauseAsync() + TimeSpan.FromHours(1));
        var last = await NextPauseAsync();
        isAway = false;
        _clock.Advance(last);
        await gateway.App.NextAsync(PacketType.Close);
        Assert.Equal(["Connect", "Close"], gateway.App.AcceptedOf(id));
        await counts.UntilAsync("weapp.tunnel_server.events{type=close,outcome=accepted}", 1, Token);
        Assert.Equal(3, counts["weapp.tunnel_server.messages.dropped"]);
        Assert.Equal(1, counts["weapp.tunnel_server.events{type=message,outcome=unreachable}"]);
        Assert.Equal(0, counts["weapp.tunnel_server.messages.waiting"]);
        Assert.Equal(0, counts["weapp.tunnel_server.apps.away"]);
    }

    [Fact]
    public async Task An_app_that_stays_away_for_good_does_not_count_as_away_for_ever()
    {
        await using var gateway = await StartAsync(static options => options.DeliveryAttempts = 1);
        using var counts = new MeterCounts(gateway.Server);
        var (phone, _) = await gateway.ConnectAsync();
        gateway.Intercept = static context =>
        {
            (context.Response.StatusCode, context.Response.Headers.RetryAfter) = (503, "1");
            return Task.FromResult(true);
        };
        await phone.SendMessageAsync("{}");
        _clock.Advance(await NextPauseAsync());
        Assert.Equal(1013, await phone.ReadCloseCodeAsync());
        var pause = await NextPauseAsync();
        await counts.UntilAsync("weapp.tunnel_server.apps.away", 1, Token);
        _clock.Advance(pause + TimeSpan.FromHours(25));
        await counts.UntilAsync("weapp.tunnel_server.events{type=close,outcome=unreachable}", 1, Token);
        _clock.Advance(await NextPauseAsync());
        await Condition.UntilAsync(
            () =>
            {
                GC.Collect();
                return counts["weapp.tunnel_server.apps.away"] == 0;
            },
            () => "the app to be forgotten", Token);
    }

    [Fact]
    public async Task In_a_long_pause_one_event_looks_for_the_app_every_second_unless_the_app_has_said_when()
    {
        const int Looks = 25;
        await using var gateway = await StartAsync();
        using var counts = new MeterCounts(gateway.Server);
        var (phone, id) = await gateway.ConnectAsync();
        var calls = 0;
        var isAway = true;
        gateway.Intercept = context =>
        {
            if (!isAway)
                return Task.FromResult(false);
            if (Interlocked.Increment(ref calls) == Looks)
                (context.Response.StatusCode, context.Response.Headers.RetryAfter) = (503, "45");
            else
                context.Abort();
            return Task.FromResult(true);
        };
        await phone.SendMessageAsync("{}");
        // More than there are attempts, if they counted.
        var pauses = new List<double>();
        for (var call = 1; call < Looks; call++)
        {
            var pause = await NextPauseAsync();
            Assert.Equal(call, calls);
            pauses.Add(pause.TotalSeconds);
            _clock.Advance(pause);
        }

        // Of the test's clock: half a second and a second, each within a fifth, and then parts of longer ones.
        Assert.InRange(pauses[0], 0.4, 0.6);
        Assert.InRange(pauses[1], 0.8, 1.2);
        Assert.All(pauses, static pause => Assert.InRange(pause, 0, 1.5));
        var asked = await _clock.NextTimerAsync(static time => time == TimeSpan.FromSeconds(45));
        isAway = false;
        _clock.Advance(asked);
        await gateway.App.NextAsync(PacketType.Message);
        Assert.Equal(["Connect", "message {}"], gateway.App.AcceptedOf(id));

        // The next time it begins with short pauses again.
        await counts.UntilAsync("weapp.tunnel_server.apps.away", 0, Token);
        isAway = true;
        await phone.SendMessageAsync("{}");
        var first = await NextPauseAsync();
        Assert.InRange(first.TotalSeconds, 0.4, 0.6);
        isAway = false;
        _clock.Advance(first);
        await gateway.App.NextAsync(PacketType.Message);
    }

    [Fact]
    public async Task When_one_apps_messages_fill_its_share_nothing_more_is_read_until_they_are_fewer()
    {
        await using var gateway = await StartAsync(static options =>
        {
            options.EventQueueBytes = 64 * 1024;
            options.AppQueueBytes = 100 * 1024;
        });
        using var counts = new MeterCounts(gateway.Server);
        var phones = await ConnectAsync(gateway, 4);
        var release = new TaskCompletionSource();
        gateway.Intercept = async _ =>
        {
            await release.Task;
            return false;
        };
        // Each phone may have 64 KiB wait; together they may not.
        var message = $$"""{"text":"{{new string('x', 30 * 1024)}}"}""";
        foreach (var (phone, _) in phones.Take(3))
        {
            await phone.SendMessageAsync(message);
            await phone.PingAsync();
        }

        await phones[3].Phone.SendMessageAsync(message);
        await counts.UntilAsync("weapp.tunnel_server.messages.waiting", 4, Token);
        await phones[3].Phone.SendAsync("ping");
        await phones[0].Phone.SendMessageAsync("""{"last":true}""");
        await phones[0].Phone.SendAsync("ping");
        await counts.UntilAsync("weapp.tunnel_server.messages.waiting", 5, Token);
        Assert.Equal(3, counts["weapp.tunnel_server.frames.received{type=ping}"]);
        release.SetResult();
        for (var i = 0; i < 5; i++)
            await gateway.App.NextAsync(PacketType.Message);
        await counts.UntilAsync("weapp.tunnel_server.frames.received{type=ping}", 5, Token);
        await counts.UntilAsync("weapp.tunnel_server.messages.waiting.size", 0, Token);
    }

    [Fact]
    public async Task A_server_that_stops_does_not_wait_for_an_app_that_is_away_longer_than_for_others()
    {
        await using var gateway = await HttpGateway.StartAsync(static options => options.DeliveryAttempts = 2);
        var (_, _) = await gateway.ConnectAsync();
        await gateway.AppServer.StopAsync();
        await gateway.Server.StopAsync();
        Assert.Contains(gateway.Server.Logs.Lines, static line => line.Category == "Weapp.TunnelServer" && line.EventId.Id == 6);
    }

    private static void InterlockedMax(ref int target, int value)
    {
        for (var seen = Volatile.Read(ref target); value > seen;)
        {
            var before = Interlocked.CompareExchange(ref target, value, seen);
            if (before == seen)
                return;
            seen = before;
        }
    }

    private static async Task<List<(Phone Phone, string Id)>> ConnectAsync(HttpGateway gateway, int count)
    {
        var phones = new List<(Phone, string)>();
        for (var i = 0; i < count; i++)
            phones.Add(await gateway.ConnectAsync());
        return phones;
    }

    private Task<HttpGateway> StartAsync(Action<TunnelServerOptions>? configure = null) => HttpGateway.StartAsync(
        options =>
        {
            options.IdleTimeout = TimeSpan.FromHours(24);
            configure?.Invoke(options);
        },
        _clock);

    // Not the deadlines of deliveries, nor those of goodbyes, which come when the socket is closed.
    private Task<TimeSpan> NextPauseAsync() => _clock.NextTimerAsync(static time => time != TimeSpan.FromSeconds(10));
}
