using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Weapp.Protocol.Packets;
using Weapp.TunnelServer.Tests.Support;

namespace Weapp.TunnelServer.Tests;

/// <summary>Events over HTTP: what is sent, and what the app's answers lead to.</summary>
public sealed class HttpDeliveryTests
{
    private readonly TestClock _clock = new();

    [Fact]
    public async Task An_app_over_HTTP_gets_signed_events_in_order()
    {
        await using var gateway = await StartAsync();
        var (phone, id) = await gateway.ConnectAsync();
        var sent = Enumerable.Range(0, 90).Select(static i => $$$"""{"type":"speak","content":{"word":"大家好啊 \"{{{i}}}\" \\ 😀"}}""").ToList();
        foreach (var json in sent)
            await phone.SendMessageAsync(json);
        await phone.SendAsync("message");
        await phone.SendAsync("close");
        while ((await gateway.App.NextAsync()).Type != PacketType.Close)
        {
        }

        Assert.Equal(["Connect", .. sent.Select(static json => "message " + json), "message ", "Close"], gateway.App.AcceptedOf(id));
    }

    [Theory]
    [MemberData(nameof(LongestMessage.Units), MemberType = typeof(LongestMessage))]
    public async Task The_longest_frame_reaches_the_app_byte_for_byte(string unit)
    {
        await using var gateway = await StartAsync();
        var (phone, _) = await gateway.ConnectAsync();
        var text = LongestMessage.Of(unit);
        await phone.SendMessageAsync(text);
        Assert.Equal(text, (await gateway.App.NextAsync(PacketType.Message)).Content);
    }

    [Theory]
    [InlineData(502, "<html>")]
    [InlineData(503, """{"code":9503,"message":"Handler timed out"}""")]
    [InlineData(504, "")]
    [InlineData(400, """{"code":9007,"message":"Bad request - stale or without valid time stamp"}""")]
    [InlineData(409, """{"code":9009,"message":"Conflict - an earlier event is missing"}""")]
    [InlineData(500, """{"code":9500,"message":"Handler failed"}""")]
    public async Task A_passing_failure_is_tried_again(int status, string body)
    {
        await using var gateway = await StartAsync();
        var (phone, id) = await gateway.ConnectAsync();
        AnswerNext(gateway, status, body, times: 2);
        await phone.SendMessageAsync("""{"type":"first"}""");
        await phone.SendMessageAsync("""{"type":"second"}""");
        await RunPauseAsync(0.5);
        await RunPauseAsync(1);
        await gateway.App.NextAsync(PacketType.Message);
        await gateway.App.NextAsync(PacketType.Message);
        Assert.Equal(["Connect", """message {"type":"first"}""", """message {"type":"second"}"""], gateway.App.AcceptedOf(id));
    }

    [Theory]
    [InlineData(400, """{"code":9003,"message":"Bad request - check signature failed"}""")]
    [InlineData(401, "")]
    [InlineData(404, "")]
    [InlineData(413, "")]
    [InlineData(500, "")]
    [InlineData(301, "")]
    [InlineData(302, "")]
    [InlineData(308, "")]
    [InlineData(200, "")]
    [InlineData(200, "ok")]
    [InlineData(200, """{"code":9003,"message":"Bad request - check signature failed"}""")]
    [InlineData(200, """{"code":9004,"message":"Bad request - parse data failed"}""")]
    [InlineData(200, """{"code":"0"}""")]
    [InlineData(200, """{"code":0}{""")]
    public async Task A_refusal_closes_the_tunnel_and_is_not_repeated(int status, string body)
    {
        await using var gateway = await StartAsync();
        var (phone, id) = await gateway.ConnectAsync();
        AnswerNext(gateway, status, body, times: 1);
        await phone.SendMessageAsync("""{"type":"refused"}""");
        Assert.Equal(1011, await phone.ReadCloseCodeAsync());
        await gateway.App.NextAsync(PacketType.Close);
        Assert.Equal(["Connect", "Close"], gateway.App.AcceptedOf(id));
    }

    [Fact]
    public async Task An_answer_may_begin_with_a_byte_order_mark_as_that_of_a_PHP_file_does()
    {
        await using var gateway = await StartAsync();
        var (phone, id) = await gateway.ConnectAsync();
        AnswerNext(gateway, 200, "\uFEFF{\"code\":0}", times: 1);
        await phone.SendMessageAsync("""{"type":"first"}""");
        await phone.SendMessageAsync("""{"type":"second"}""");
        await gateway.App.NextAsync(PacketType.Message);
        Assert.Equal(["Connect", """message {"type":"second"}"""], gateway.App.AcceptedOf(id));
    }

    [Fact]
    public async Task After_a_410_nothing_more_is_sent_until_the_app_asks_for_a_tunnel_again()
    {
        await using var gateway = await StartAsync();
        var (one, oneId) = await gateway.ConnectAsync();
        var (other, otherId) = await gateway.ConnectAsync();
        var calls = 0;
        gateway.Intercept = context =>
        {
            context.Response.StatusCode = 410;
            return Task.FromResult(Interlocked.Increment(ref calls) > 0);
        };
        await one.SendMessageAsync("{}");
        Assert.Equal(1011, await one.ReadCloseCodeAsync());
        await other.SendMessageAsync("{}");
        Assert.Equal(1011, await other.ReadCloseCodeAsync());
        gateway.Intercept = static _ => Task.FromResult(false);
        _clock.Advance(TimeSpan.FromSeconds(1));

        var (back, backId) = await gateway.ConnectAsync();
        await back.SendMessageAsync("{}");
        await gateway.App.NextAsync(PacketType.Message);
        Assert.Equal(1, calls);
        Assert.Equal(["Connect"], gateway.App.AcceptedOf(oneId));
        Assert.Equal(["Connect"], gateway.App.AcceptedOf(otherId));
        Assert.Equal(["Connect", "message {}"], gateway.App.AcceptedOf(backId));
    }

    [Fact]
    public async Task An_answer_over_16_KiB_counts_as_none()
    {
        await using var gateway = await StartAsync();
        var (phone, _) = await gateway.ConnectAsync();
        AnswerNext(gateway, 200, """{"code":0}""" + new string(' ', 16 * 1024), times: 1);
        await phone.SendMessageAsync("{}");
        Assert.Equal(1011, await phone.ReadCloseCodeAsync());
    }

    [Fact]
    public async Task A_call_that_hangs_is_cut_at_the_deadline_even_inside_the_body_and_repeated()
    {
        await using var gateway = await StartAsync();
        var (phone, id) = await gateway.ConnectAsync();
        var hanging = new TaskCompletionSource();
        var cut = new TaskCompletionSource();
        gateway.Intercept = async context =>
        {
            if (hanging.Task.IsCompleted)
                return false;
            context.RequestAborted.Register(() => cut.TrySetResult());
            await context.Response.WriteAsync("{", context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
            hanging.SetResult();
            await cut.Task;
            return true;
        };
        await phone.SendMessageAsync("{}");
        await hanging.Task.WaitAsync(Phone.Deadline, TestContext.Current.CancellationToken);
        Assert.Equal(TimeSpan.FromSeconds(10), await _clock.NextTimerAsync(static time => time == TimeSpan.FromSeconds(10)));
        _clock.Advance(TimeSpan.FromSeconds(10));
        await cut.Task.WaitAsync(Phone.Deadline, TestContext.Current.CancellationToken);
        await RunPauseAsync(0.5);
        await gateway.App.NextAsync(PacketType.Message);
        Assert.Equal(["Connect", "message {}"], gateway.App.AcceptedOf(id));
    }

    [Fact]
    public async Task An_app_that_is_away_and_comes_back_gets_what_was_said_meanwhile()
    {
        await using var gateway = await StartAsync();
        var (phone, id) = await gateway.ConnectAsync();
        var port = gateway.AppServer.Address.Port;
        await gateway.AppServer.StopAsync();
        await phone.SendMessageAsync("""{"type":"1"}""");
        await phone.SendMessageAsync("""{"type":"2"}""");
        await RunPauseAsync(0.5, run: false);
        await phone.PingAsync();
        await using var back = await HttpGateway.StartAppAsync(gateway, port);
        _clock.Advance(TimeSpan.FromSeconds(0.6));
        await gateway.App.NextAsync(PacketType.Message);
        await gateway.App.NextAsync(PacketType.Message);
        phone.Reset();
        await gateway.App.NextAsync(PacketType.Close);
        Assert.Equal(["Connect", """message {"type":"1"}""", """message {"type":"2"}""", "Close"], gateway.App.AcceptedOf(id));
    }

    [Fact]
    public async Task Events_are_numbered_from_1_and_a_repeat_has_the_same_id_and_the_time_of_its_own_attempt()
    {
        await using var gateway = await StartAsync();
        var start = _clock.GetUtcNow().ToUnixTimeMilliseconds();
        var (phone, id) = await gateway.ConnectAsync();
        var ids = new List<string>();
        gateway.Intercept = async context =>
        {
            if (ids.Count > 0)
                return false;
            using var reader = new StreamReader(context.Request.Body);
            ids.Add(JsonElement.Parse(JsonElement.Parse(await reader.ReadToEndAsync(context.RequestAborted)).GetProperty("data").GetString()!).GetProperty("id").GetString()!);
            context.Response.StatusCode = 503;
            return true;
        };
        await phone.SendMessageAsync("{}");
        var pause = await _clock.NextTimerAsync(static time => time.TotalSeconds is >= 0.4 and <= 0.6);
        _clock.Advance(pause);
        await gateway.App.NextAsync(PacketType.Message);
        await phone.SendAsync("close");
        await gateway.App.NextAsync(PacketType.Close);
        var now = start + (long)pause.TotalMilliseconds;
        Assert.Equal([$"{id}-2"], ids);
        Assert.Equal([($"{id}-1", 1, start), ($"{id}-2", 2, now), ($"{id}-close", 3, now)], gateway.Stamps);
    }

    private Task<HttpGateway> StartAsync() => HttpGateway.StartAsync(static options => options.IdleTimeout = TimeSpan.FromHours(24), _clock);

    private static void AnswerNext(HttpGateway gateway, int status, string body, int times) => gateway.Intercept = async context =>
    {
        if (times-- <= 0)
            return false;
        context.Response.StatusCode = status;
        context.Response.Headers.Location = "/elsewhere";
        await context.Response.WriteAsync(body, context.RequestAborted);
        return true;
    };

    // Deliveries have their deadlines between the pauses.
    private async Task RunPauseAsync(double seconds, bool run = true)
    {
        var pause = await _clock.NextTimerAsync(time => time.TotalSeconds >= seconds * 0.8 && time.TotalSeconds <= seconds * 1.2);
        if (run)
            _clock.Advance(pause);
    }
}
