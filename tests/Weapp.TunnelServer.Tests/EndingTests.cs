using System.Collections.Concurrent;
using Weapp.Protocol.Packets;
using Weapp.Protocol.Tunnels;
using Weapp.TestKit;
using Weapp.TunnelServer.Tests.Support;

namespace Weapp.TunnelServer.Tests;

/// <summary>However a tunnel ends, its app gets one close event, after everything else, and its id is invalid.</summary>
public sealed class EndingTests
{
    private static readonly byte[] ServerFrame = [0x81, 0x04, (byte)'p', (byte)'i', (byte)'n', (byte)'g'];

    private readonly TestClock _clock = new();

    [Fact]
    public Task The_phones_close_frame() => EndAsync(static async (_, phone, _) =>
    {
        await phone.SendAsync("close");
        await phone.SendMessageAsync("""{"type":"late"}""");
        Assert.Equal(1000, await phone.ReadCloseCodeAsync());
    });

    [Fact]
    public Task The_phones_WebSocket_close() => EndAsync(static async (_, phone, _) =>
    {
        await phone.SendAsync(Frame.Close, [0x03, 0xE8]);
        Assert.Equal(1000, await phone.ReadCloseCodeAsync());
    });

    [Theory]
    [InlineData(new byte[0])]
    [InlineData(new byte[] { 0x03, 0xE7 })]
    [InlineData(new byte[] { 0x13, 0x88, 0x66 })]
    [InlineData(new byte[] { 0x03 })]
    public Task A_strange_WebSocket_close(byte[] payload) => EndAsync(async (_, phone, _) =>
    {
        await phone.SendAsync(Frame.Close, payload);
        await phone.ReadToEndAsync();
    });

    [Fact]
    public Task A_reset() => EndAsync(static (_, phone, _) =>
    {
        phone.Reset();
        return Task.CompletedTask;
    });

    [Fact]
    public async Task Five_hundred_phones_that_connect_and_reset_leave_pairs_of_events()
    {
        await using var gateway = await Gateway.StartAsync(time: _clock);
        using var counts = new MeterCounts(gateway.Server);
        await Parallel.ForEachAsync(Enumerable.Range(0, 500), async (_, _) => (await Phone.TryConnectAsync((await gateway.RequestAsync()).ConnectUrl)).Reset());
        for (var closed = 0; closed < 500;)
        {
            if ((await gateway.App.NextAsync()).Type == PacketType.Close)
                closed++;
        }

        foreach (var events in gateway.App.Accepted.GroupBy(static seen => seen.TunnelId))
            Assert.Equal([PacketType.Connect, PacketType.Close], events.Select(static seen => seen.Type));
        Assert.Equal(500, counts["weapp.tunnel_server.tunnels.ended"]);
        Assert.Equal(500, counts["weapp.tunnel_server.events{type=close,outcome=accepted}"]);
        Assert.Equal(0, counts["weapp.tunnel_server.tunnels"]);
        Assert.Equal(0, counts["weapp.tunnel_server.messages.waiting"]);
    }

    [Fact]
    public async Task What_is_behind_an_event_that_is_refused_never_comes_even_if_the_tunnel_ends_at_that_moment()
    {
        await using var gateway = await Gateway.StartAsync(time: _clock);
        var refusals = new ConcurrentDictionary<string, TaskCompletionSource<EventReceipt>>();
        gateway.App.Handle = (seen, _) =>
            seen.Content == "0" ? new ValueTask<EventReceipt>(refusals.GetOrAdd(seen.TunnelId, static _ => new()).Task) : ValueTask.FromResult(EventReceipt.Accepted);
        await Parallel.ForEachAsync(Enumerable.Range(0, 500), async (_, token) =>
        {
            var grant = await gateway.RequestAsync();
            await using var phone = await Phone.ConnectAsync(grant.ConnectUrl);
            for (var n = 0; n < 3; n++)
                await phone.SendMessageAsync($"{n}");
            await phone.PingAsync();
            var refusal = refusals.GetOrAdd(grant.TunnelId, static _ => new());
            await Task.WhenAll(Task.Run(() => refusal.SetException(new NotSupportedException()), token), Task.Run(() => gateway.CloseAsync(grant.TunnelId), token));
        });
        await Condition.UntilAsync(
            () => gateway.App.Accepted.Count(static seen => seen.Type == PacketType.Close) == 500, static () => "all close events", TestContext.Current.CancellationToken);
        Assert.DoesNotContain(gateway.App.Accepted, static seen => seen.Type == PacketType.Message);
    }

    [Fact]
    public Task The_end_of_the_stream() => EndAsync(static async (_, phone, _) => await phone.DisposeAsync());

    [Fact]
    public Task The_apps_close_is_a_text_frame_and_then_the_WebSockets() => EndAsync(static async (gateway, phone, id) =>
    {
        Assert.Empty(await gateway.CloseAsync(id));
        Assert.Equal([id], await gateway.PushAsync("{}", id));
        Assert.Equal([id], await gateway.CloseAsync(id));
        var (code, texts) = await phone.ReadToEndAsync();
        Assert.Equal(1000, code);
        Assert.Equal(["close"], texts);
    });

    [Fact]
    public Task Silence() => EndAsync(async (_, phone, _) =>
    {
        _clock.Advance(TimeSpan.FromSeconds(37));
        await phone.PingAsync();
        _clock.Advance(TimeSpan.FromSeconds(37));
        await phone.PingAsync();
        _clock.Advance(TimeSpan.FromSeconds(39));
        Assert.Equal(4408, await phone.ReadCloseCodeAsync());
    });

    [Fact]
    public Task Half_a_frame_and_then_silence() => EndAsync(async (_, phone, _) =>
    {
        await phone.SendBytesAsync(Phone.Encode(Frame.TextOpcode, new byte[1000])[..500]);
        _clock.Advance(TimeSpan.FromSeconds(39));
        Assert.Equal(4408, await phone.ReadCloseCodeAsync());
    });

    [Fact]
    public Task A_phone_that_never_answers_the_close_frame() => EndAsync(async (gateway, phone, id) =>
    {
        Assert.Empty(await gateway.CloseAsync(id));
        Assert.Equal("close", await phone.ReadTextAsync());
        Assert.Equal(1000, (await phone.ReadAsync())?.CloseCode);
        var end = phone.ReadAsync();
        while (!end.IsCompleted)
        {
            _clock.Advance(TimeSpan.FromSeconds(2));
            await Task.Yield();
        }

        Assert.Null(await end);
    });

    [Fact]
    public Task A_frame_over_the_limit() => EndAsync(static async (_, phone, _) =>
    {
        await phone.SendAsync(Frame.TextOpcode, [.. "message:"u8, .. new byte[64 * 1024 - 7]]);
        Assert.Equal(1009, await phone.ReadCloseCodeAsync());
    });

    [Fact]
    public Task A_frame_over_the_limit_in_fragments() => EndAsync(static async (_, phone, _) =>
    {
        await phone.SendAsync(Frame.TextOpcode, new byte[64 * 1024], fin: false);
        await phone.SendAsync(Frame.Continuation, new byte[1]);
        Assert.Equal(1009, await phone.ReadCloseCodeAsync());
    });

    [Theory]
    [InlineData(0, true)]
    [InlineData(10, true)]
    [InlineData(100_000, true)]
    [InlineData(10, false)]
    public Task A_binary_frame(int length, bool fin) => EndAsync(async (_, phone, _) =>
    {
        await phone.SendAsync(Frame.Binary, new byte[length], fin);
        Assert.Equal(1003, await phone.ReadCloseCodeAsync());
    });

    [Fact]
    public Task Invalid_UTF8() => EndAsync(static async (_, phone, _) =>
    {
        await phone.SendAsync(Frame.TextOpcode, [.. "message:"u8, 0xC0, 0x80]);
        Assert.True((await phone.ReadToEndAsync()).Code is null or 1007);
    });

    [Fact]
    public Task A_frame_without_mask() => EndAsync(static async (_, phone, _) =>
    {
        await phone.SendBytesAsync(ServerFrame);
        Assert.True((await phone.ReadToEndAsync()).Code is null or 1002);
    });

    [Fact]
    public Task A_phone_that_reads_too_slowly() => EndAsync(
        static async (gateway, phone, id) =>
        {
            var sent = 0;
            while ((await gateway.PushAsync($$"""{"type":"n","content":"{{sent:D60000}}"}""", id)).Count == 0)
                Assert.InRange(++sent, 0, 1000);
            var (code, texts) = await phone.ReadToEndAsync();
            Assert.Equal(4429, code);
            Assert.Equal(Enumerable.Range(0, texts.Count).Select(static i => $$"""message:{"type":"n","content":"{{i:D60000}}"}"""), texts);
        },
        receiveBuffer: 4096);

    [Fact]
    public Task A_phone_that_does_not_read_at_all() => EndAsync(
        async (gateway, _, id) =>
        {
            for (var i = 0; i < 50; i++)
                Assert.Empty(await gateway.PushAsync($$"""{"type":"n","content":"{{i:D60000}}"}""", id));
            while ((await gateway.PushAsync("{}", id)).Count == 0)
                _clock.Advance(TimeSpan.FromSeconds(11));
        },
        receiveBuffer: 4096,
        configure: static options =>
        {
            options.SendQueueBytes = 8 * 1024 * 1024;
            options.IdleTimeout = TimeSpan.FromHours(24);
        });

    [Fact]
    public Task Everything_at_once() => EndAsync(async (gateway, phone, id) =>
    {
        await phone.SendAsync("close");
        await Task.WhenAll(
            Task.Run(() => gateway.CloseAsync(id)),
            Task.Run(() => gateway.CloseAsync(id)),
            Task.Run(phone.Reset),
            Task.Run(() => _clock.Advance(TimeSpan.FromSeconds(40))));
    });

    private async Task EndAsync(Func<Gateway, Phone, string, Task> end, int? receiveBuffer = null, Action<TunnelServerOptions>? configure = null)
    {
        await using var gateway = await Gateway.StartAsync(configure, _clock);
        var (phone, id) = await gateway.ConnectAsync(receiveBuffer);
        await phone.SendMessageAsync("""{"type":"last"}""");
        await phone.PingAsync();

        await end(gateway, phone, id);

        await gateway.App.NextAsync(PacketType.Message);
        await gateway.App.NextAsync(PacketType.Close);
        Assert.Equal([id], await gateway.PushAsync("{}", id));
        await phone.DisposeAsync();
        await gateway.Server.StopAsync();
        Assert.Equal(["Connect", """message {"type":"last"}""", "Close"], gateway.App.AcceptedOf(id));
    }
}
