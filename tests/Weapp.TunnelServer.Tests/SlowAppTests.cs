using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Weapp.Protocol.Packets;
using Weapp.TestKit;
using Weapp.TunnelServer.Tests.Support;

namespace Weapp.TunnelServer.Tests;

/// <summary>Apps that take long, hang, or were away for longer than anybody waits.</summary>
public sealed class SlowAppTests
{
    private readonly TestClock _clock = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_app_that_takes_five_seconds_and_hangs_now_and_then_gets_all_in_order_and_another_one_does_not_wait()
    {
        const int Phones = 40;
        await using var gateway = await StartAsync();
        var phones = new List<(Phone Phone, string Id)>();
        for (var i = 0; i < Phones; i++)
            phones.Add(await gateway.ConnectAsync());
        var (other, otherId) = await gateway.ConnectAsync(app: await gateway.AddAppAsync());
        var tries = new ConcurrentQueue<(string Id, bool Hangs)>();
        var (now, most) = (0, 0);
        gateway.Intercept = async context =>
        {
            if (context.Connection.LocalPort != gateway.AppServer.Address.Port)
                return false;
            var inside = Interlocked.Increment(ref now);
            try
            {
                lock (tries)
                    most = Math.Max(most, inside);
                var id = await ReadIdAsync(context);
                var hangs = tries.Count % 5 == 4;
                tries.Enqueue((id, hangs));
                await Task.Delay(hangs ? Timeout.InfiniteTimeSpan : TimeSpan.FromSeconds(5), _clock, context.RequestAborted);
                return false;
            }
            catch (OperationCanceledException)
            {
                return true;
            }
            finally
            {
                Interlocked.Decrement(ref now);
            }
        };
        foreach (var (phone, _) in phones)
        {
            await phone.SendMessageAsync("""{"n":1}""");
            await phone.SendMessageAsync("""{"n":2}""");
        }

        await Condition.UntilAsync(() => Volatile.Read(ref now) == 32, static () => "as many events with the app as may be", Token);
        await other.SendMessageAsync("""{"n":0}""");
        Assert.Equal(otherId, (await gateway.App.NextAsync(PacketType.Message)).TunnelId);
        await Condition.UntilAsync(
            () =>
            {
                _clock.Advance(TimeSpan.FromSeconds(0.25));
                return gateway.App.Accepted.Count(static seen => seen.Type == PacketType.Message) == 2 * Phones + 1;
            },
            () => $"all messages: {gateway.App.Accepted.Count()} events came", Token);

        gateway.Intercept = static _ => Task.FromResult(false);
        Assert.Equal(32, most);
        Assert.All(phones, phone => Assert.Equal(["Connect", """message {"n":1}""", """message {"n":2}"""], gateway.App.AcceptedOf(phone.Id)));
        var hung = tries.Where(static one => one.Hangs).Select(static one => one.Id).Distinct().ToList();
        Assert.NotEmpty(hung);
        Assert.All(hung, id => Assert.InRange(tries.Count(one => one.Id == id), 2, int.MaxValue));
    }

    [Fact]
    public async Task An_app_that_was_away_too_long_has_lost_what_is_counted_and_a_phone_that_comes_first_is_served_at_once()
    {
        await using var gateway = await StartAsync();
        using var counts = new MeterCounts(gateway.Server);
        var (phone, id) = await gateway.ConnectAsync();
        gateway.Intercept = static context =>
        {
            context.Abort();
            return Task.FromResult(true);
        };
        for (var i = 0; i < 7; i++)
            await phone.SendMessageAsync("{}");
        await phone.PingAsync();
        var closed = phone.ReadCloseCodeAsync();
        var start = _clock.GetTimestamp();
        while (!closed.IsCompleted)
            _clock.Advance(await NextPauseAsync());
        Assert.Equal(1013, await closed);
        Assert.InRange(_clock.GetElapsedTime(start), TimeSpan.FromMinutes(4), TimeSpan.FromMinutes(7.5));
        await counts.UntilAsync("weapp.tunnel_server.messages.dropped", 7, Token);

        // Nobody moves the clock: it is the app's own call that says that it is back.
        gateway.Intercept = static _ => Task.FromResult(false);
        var (nextId, url) = await gateway.RequestAsync();
        await using var next = await Phone.ConnectAsync(url);
        var seen = new[] { await gateway.App.NextAsync(), await gateway.App.NextAsync() };
        Assert.Equal([(id, PacketType.Close), (nextId, PacketType.Connect)], seen.Select(static one => (one.TunnelId, one.Type)).OrderByDescending(static one => one.Type));
        await next.SendMessageAsync("{}");
        await gateway.App.NextAsync(PacketType.Message);
        await counts.UntilAsync("weapp.tunnel_server.messages.waiting", 0, Token);
    }

    [Fact]
    public async Task An_app_that_has_said_when_to_come_again_is_not_asked_before_though_it_calls()
    {
        await using var gateway = await StartAsync();
        var (phone, _) = await gateway.ConnectAsync();
        var calls = 0;
        gateway.Intercept = context =>
        {
            if (Interlocked.Increment(ref calls) > 1)
                return Task.FromResult(false);
            (context.Response.StatusCode, context.Response.Headers.RetryAfter) = (503, "45");
            return Task.FromResult(true);
        };
        await phone.SendMessageAsync("{}");
        while (await _clock.NextTimerAsync() != TimeSpan.FromSeconds(45))
        {
        }

        for (var i = 0; i < 5; i++)
            await gateway.RequestAsync();
        _clock.Advance(TimeSpan.FromSeconds(44));
        Assert.Equal(1, calls);
        _clock.Advance(TimeSpan.FromSeconds(1));
        await gateway.App.NextAsync(PacketType.Message);
    }

    private Task<HttpGateway> StartAsync() => HttpGateway.StartAsync(static options => options.IdleTimeout = TimeSpan.FromHours(24), _clock);

    private static async Task<string> ReadIdAsync(HttpContext context)
    {
        context.Request.EnableBuffering();
        using var reader = new StreamReader(context.Request.Body, leaveOpen: true);
        var envelope = await reader.ReadToEndAsync(context.RequestAborted);
        context.Request.Body.Position = 0;
        return JsonElement.Parse(JsonElement.Parse(envelope).GetProperty("data").GetString()!).GetProperty("id").GetString()!;
    }

    // Not the deadlines of deliveries, nor those of goodbyes.
    private async Task<TimeSpan> NextPauseAsync()
    {
        while (true)
        {
            var time = await _clock.NextTimerAsync();
            if (time != TimeSpan.FromSeconds(10))
                return time;
        }
    }
}
