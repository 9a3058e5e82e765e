using System.Text;
using Weapp.Protocol.Packets;
using Weapp.Protocol.Tunnels;
using Weapp.TunnelServer.Tests.Support;

namespace Weapp.TunnelServer.Tests;

/// <summary>How much a phone may send: what passes a limit ends the tunnel and nothing else.</summary>
public sealed class LimitTests
{
    private readonly TestClock _clock = new();

    [Theory]
    [InlineData(1)]
    [InlineData(0)]
    public async Task A_message_of_as_many_fragments_as_allowed_arrives_and_one_more_is_1008(int size)
    {
        await using var gateway = await Gateway.StartAsync(time: _clock);
        var (phone, id) = await gateway.ConnectAsync();
        await phone.SendBytesAsync([.. Phone.Encode(Frame.TextOpcode, "message:"u8.ToArray(), fin: false), .. Fragments(1022, size), .. Phone.Encode(Frame.Continuation, [])]);
        Assert.Equal(new string('x', 1022 * size), (await gateway.App.NextAsync(PacketType.Message)).Content);

        await phone.SendBytesAsync([.. Phone.Encode(Frame.TextOpcode, "message:"u8.ToArray(), fin: false), .. Fragments(1024, size)]);
        Assert.Equal(1008, await phone.ReadCloseCodeAsync());
        await gateway.App.NextAsync(PacketType.Close);
        Assert.Equal(3, gateway.App.AcceptedOf(id).Count());
    }

    [Fact]
    public async Task A_flood_of_empty_fragments_costs_the_others_nothing()
    {
        await using var gateway = await Gateway.StartAsync();
        var (flooding, floodingId) = await gateway.ConnectAsync();
        var (other, _) = await gateway.ConnectAsync();
        await flooding.SendAsync(Frame.TextOpcode, [], fin: false);
        var end = flooding.ReadCloseCodeAsync();
        var flood = Fragments(1_000_000, 0);
        var sending = Record.ExceptionAsync(() => flooding.SendBytesAsync(flood));
        Assert.Equal(1008, await end);
        Assert.Equal(floodingId, (await gateway.App.NextAsync(PacketType.Close)).TunnelId);
        await other.PingAsync();
        await flooding.DisposeAsync();
        await sending;
    }

    [Theory]
    [InlineData(Frame.TextOpcode, "ping")]
    [InlineData(Frame.TextOpcode, "foo")]
    [InlineData(Frame.TextOpcode, "message:{}")]
    [InlineData(Frame.Ping, "")]
    [InlineData(Frame.Ping, "payload")]
    [InlineData(Frame.Pong, "")]
    public async Task A_hundred_frames_at_once_and_fifty_a_second_are_allowed_and_more_is_1008(int opcode, string payload)
    {
        await using var gateway = await Gateway.StartAsync(static options => options.EventQueueLength = 1000, _clock);
        var (phone, _) = await gateway.ConnectAsync();
        await SendAsync(100);
        for (var second = 0; second < 3; second++)
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            await SendAsync(50);
        }

        _clock.Advance(TimeSpan.FromSeconds(0.9));
        for (var i = 0; i < 46; i++)
            await phone.SendAsync(opcode, Encoding.UTF8.GetBytes(payload));
        Assert.Equal(1008, (await phone.ReadToEndAsync()).Code);

        // The last one is a ping, whose answer says that all have been read.
        async Task SendAsync(int count)
        {
            for (var i = 1; i < count; i++)
                await phone.SendAsync(opcode, Encoding.UTF8.GetBytes(payload));
            await phone.SendAsync("ping");
            var pongs = payload == "ping" ? count : 1;
            while (pongs > 0)
            {
                if ((await phone.ReadAsync())!.Opcode == Frame.TextOpcode)
                    pongs--;
            }
        }
    }

    [Fact]
    public async Task What_is_not_read_because_the_app_is_busy_is_not_counted()
    {
        await using var gateway = await Gateway.StartAsync(time: _clock);
        var busy = new SemaphoreSlim(0);
        gateway.App.Handle = async (seen, cancellationToken) =>
        {
            if (seen.Type == PacketType.Message)
                await busy.WaitAsync(cancellationToken);
            return EventReceipt.Accepted;
        };
        var (phone, id) = await gateway.ConnectAsync();
        var sent = Enumerable.Range(0, 500).Select(static i => $$"""{"type":"n","content":{{i}}}""").ToList();
        await phone.SendBytesAsync([.. sent.SelectMany(static json => Phone.Encode(Frame.TextOpcode, Encoding.UTF8.GetBytes("message:" + json)))]);
        foreach (var json in sent)
        {
            busy.Release();
            Assert.Equal(json, (await gateway.App.NextAsync(PacketType.Message)).Content);
            _clock.Advance(TimeSpan.FromSeconds(0.5));
        }

        Assert.Equal(501, gateway.App.AcceptedOf(id).Count());
        await phone.PingAsync();
    }

    [Fact]
    public async Task What_came_while_the_app_was_busy_is_no_flood_when_it_goes_on()
    {
        await using var gateway = await Gateway.StartAsync(time: _clock);
        using var counts = new MeterCounts(gateway.Server);
        var busy = new TaskCompletionSource();
        gateway.App.Handle = async (seen, cancellationToken) =>
        {
            if (seen.Type == PacketType.Message)
                await busy.Task.WaitAsync(cancellationToken);
            return EventReceipt.Accepted;
        };
        var (phone, id) = await gateway.ConnectAsync();
        await phone.SendBytesAsync([.. Enumerable.Range(0, 500).SelectMany(static i => Phone.Encode(Frame.TextOpcode, Encoding.UTF8.GetBytes($"message:{i}")))]);
        await counts.UntilAsync("weapp.tunnel_server.messages.waiting", 64, TestContext.Current.CancellationToken);
        for (var second = 0; second < 15; second++)
            _clock.Advance(TimeSpan.FromSeconds(1));
        busy.SetResult();
        for (var i = 0; i < 500; i++)
            Assert.Equal($"{i}", (await gateway.App.NextAsync(PacketType.Message)).Content);

        // And no more than that: the pause is used up.
        for (var i = 0; i < 600; i++)
            await phone.SendAsync("ping");
        Assert.Equal(1008, (await phone.ReadToEndAsync()).Code);
        Assert.Equal(501, gateway.App.AcceptedOf(id).Count(static seen => seen != "Close"));
    }

    [Fact]
    public async Task Bytes_that_wait_for_the_app_stop_the_reading_and_nothing_is_dropped()
    {
        await using var gateway = await Gateway.StartAsync(static options => options.EventQueueBytes = 64 * 1024);
        var busy = new TaskCompletionSource();
        gateway.App.Handle = async (seen, cancellationToken) =>
        {
            if (seen.Type == PacketType.Message)
                await busy.Task.WaitAsync(cancellationToken);
            return EventReceipt.Accepted;
        };
        var (phone, _) = await gateway.ConnectAsync();
        var json = $$"""{"type":"{{new string('x', 20_000)}}"}""";
        for (var i = 0; i < 4; i++)
            await phone.SendMessageAsync(json);
        await phone.SendAsync("ping");
        var pong = phone.ReadTextAsync();

        var (other, _) = await gateway.ConnectAsync();
        await other.PingAsync();
        Assert.False(pong.IsCompleted);
        busy.SetResult();
        for (var i = 0; i < 4; i++)
            Assert.Equal(json, (await gateway.App.NextAsync(PacketType.Message)).Content);
        Assert.Equal("pong", await pong);
    }

    [Theory]
    [InlineData(new byte[] { })]
    [InlineData(new byte[] { 0x81 })]
    [InlineData(new byte[] { 0x81, 0x85, 0, 0 })]
    [InlineData(new byte[] { 0x81, 0x85, 0, 0, 0, 0, 1, 1 })]
    [InlineData(new byte[] { 0x01, 0x81, 0, 0, 0, 0, 1 })]
    [InlineData(new byte[] { 0x81, 0xFF, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 })]
    [InlineData(new byte[] { 0x81, 0xFF, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 })]
    public async Task Half_a_frame_and_then_silence_is_4408(byte[] half)
    {
        await using var gateway = await Gateway.StartAsync(time: _clock);
        var (phone, id) = await gateway.ConnectAsync();
        await phone.SendBytesAsync(half);
        _clock.Advance(TimeSpan.FromSeconds(36));
        Assert.Empty(await gateway.PushAsync("{}", id));
        _clock.Advance(TimeSpan.FromSeconds(2));
        var (code, texts) = await phone.ReadToEndAsync();
        Assert.Equal(4408, code);
        Assert.Equal(["message:{}"], texts);
        await gateway.App.NextAsync(PacketType.Close);
        Assert.Equal(["Connect", "Close"], gateway.App.AcceptedOf(id));
    }

    [Fact]
    public async Task One_byte_of_a_frame_now_and_then_does_not_keep_a_tunnel_open()
    {
        await using var gateway = await Gateway.StartAsync(time: _clock);
        var (phone, _) = await gateway.ConnectAsync();
        var frame = Phone.Encode(Frame.TextOpcode, new byte[1000]);
        for (var i = 0; i < 8; i++)
        {
            await phone.SendBytesAsync(frame[i..(i + 1)]);
            _clock.Advance(TimeSpan.FromSeconds(5));
        }

        Assert.Equal(4408, await phone.ReadCloseCodeAsync());
    }

    private static byte[] Fragments(int count, int size)
    {
        var one = Phone.Encode(Frame.Continuation, [.. Enumerable.Repeat((byte)'x', size)], fin: false);
        var all = new byte[one.Length * count];
        for (var i = 0; i < count; i++)
            one.CopyTo(all, i * one.Length);
        return all;
    }
}
