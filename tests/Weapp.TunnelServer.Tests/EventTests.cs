using System.Text;
using Weapp.Protocol.Packets;
using Weapp.Protocol.Tunnels;
using Weapp.TunnelServer.Tests.Support;

namespace Weapp.TunnelServer.Tests;

/// <summary>What comes from a phone, on its way to the app.</summary>
public sealed class EventTests
{
    [Fact]
    public async Task A_message_in_the_same_segment_as_the_handshake_comes_after_the_connect()
    {
        await using var gateway = await Gateway.StartAsync();
        var frames = Enumerable.Range(0, 10).SelectMany(static i => Phone.Encode(Frame.TextOpcode, Encoding.UTF8.GetBytes($$"""message:{"type":"{{i}}"}""")));
        await using var phone = await Phone.TryConnectAsync((await gateway.RequestAsync()).ConnectUrl, sameSegment: [.. frames]);
        await gateway.App.NextAsync(PacketType.Connect);
        for (var i = 0; i < 10; i++)
            Assert.Equal($$"""{"type":"{{i}}"}""", (await gateway.App.NextAsync(PacketType.Message)).Content);
    }

    [Fact]
    public async Task Events_of_a_tunnel_come_one_at_a_time_and_in_order_however_slow_the_app_is()
    {
        await using var gateway = await Gateway.StartAsync(static options =>
        {
            options.EventQueueLength = 8;
            options.FrameBurst = 1000;
        });
        gateway.App.Handle = static async (_, _) =>
        {
            for (var i = 0; i < 10; i++)
                await Task.Yield();
            return EventReceipt.Accepted;
        };
        var (phone, id) = await gateway.ConnectAsync();
        var sent = Enumerable.Range(0, 500).Select(static i => $$"""{"type":"n","content":{{i}}}""").ToList();
        await phone.SendBytesAsync([.. sent.SelectMany(static json => Phone.Encode(Frame.TextOpcode, Encoding.UTF8.GetBytes("message:" + json)))]);
        await phone.SendAsync("close");
        Assert.Equal(1000, await phone.ReadCloseCodeAsync());
        while ((await gateway.App.NextAsync()).Type != PacketType.Close)
        {
        }

        Assert.Equal(["Connect", .. sent.Select(static json => "message " + json), "Close"], gateway.App.AcceptedOf(id));
    }

    [Fact]
    public async Task A_tunnel_whose_app_is_busy_is_not_read_and_holds_up_no_other()
    {
        var clock = new TestClock();
        await using var gateway = await Gateway.StartAsync(static options => options.EventQueueLength = 3, clock);
        var busy = new TaskCompletionSource();
        gateway.App.Handle = async (seen, _) =>
        {
            if (seen.Content.Contains("wait", StringComparison.Ordinal))
                await busy.Task;
            return EventReceipt.Accepted;
        };
        var (full, fullId) = await gateway.ConnectAsync();
        var (other, _) = await gateway.ConnectAsync();
        for (var i = 0; i < 3; i++)
            await full.SendMessageAsync($$"""{"type":"wait","content":{{i}}}""");
        await full.SendAsync("ping");
        var pong = full.ReadTextAsync();

        for (var i = 0; i < 20; i++)
        {
            await other.SendMessageAsync("{}");
            await gateway.App.NextAsync(PacketType.Message);
        }

        // Nothing is read from it, so it is not the phone that is silent.
        clock.Advance(TimeSpan.FromSeconds(30));
        await other.PingAsync();
        clock.Advance(TimeSpan.FromSeconds(30));
        await other.PingAsync();
        Assert.False(pong.IsCompleted);
        busy.SetResult();
        Assert.Equal("pong", await pong);
        for (var i = 0; i < 3; i++)
            Assert.Equal(fullId, (await gateway.App.NextAsync(PacketType.Message)).TunnelId);
    }

    [Theory]
    [InlineData("message", "")]
    [InlineData("message:", "")]
    [InlineData("message:null", "null")]
    [InlineData("message:{", "{")]
    [InlineData("message:a:b", "a:b")]
    [InlineData("message:{\"type\":\"\\ud800\"}", "{\"type\":\"\\ud800\"}")]
    public async Task Whatever_a_message_holds_reaches_the_app_as_it_is(string frame, string content)
    {
        await using var gateway = await Gateway.StartAsync();
        var (phone, _) = await gateway.ConnectAsync();
        await phone.SendAsync(frame);
        Assert.Equal(content, (await gateway.App.NextAsync(PacketType.Message)).Content);
    }

    [Theory]
    [MemberData(nameof(LongestMessage.Units), MemberType = typeof(LongestMessage))]
    public async Task The_longest_frame_reaches_the_app_byte_for_byte(string unit)
    {
        await using var gateway = await Gateway.StartAsync();
        var (phone, _) = await gateway.ConnectAsync();
        var text = LongestMessage.Of(unit);
        var bytes = Encoding.UTF8.GetBytes("message:" + text);
        Assert.Equal(64 * 1024, bytes.Length);
        await phone.SendAsync(Frame.TextOpcode, bytes[..30_001], fin: false);
        await phone.SendAsync(Frame.Ping, [1, 2, 3]);
        await phone.SendAsync(Frame.Continuation, bytes[30_001..]);
        Assert.Equal(text, (await gateway.App.NextAsync(PacketType.Message)).Content);
        var pong = await phone.ReadAsync();
        Assert.Equal((Frame.Pong, 3), (pong!.Opcode, pong.Payload.Length));
    }

    [Fact]
    public async Task Frames_of_other_types_are_ignored()
    {
        await using var gateway = await Gateway.StartAsync();
        using var counts = new MeterCounts(gateway.Server);
        var (phone, id) = await gateway.ConnectAsync();
        foreach (var frame in new[] { "", ":", "foo", "foo:bar", "pong", "timeout:0", "MESSAGE:{}", " ping", "ping\n", "Close" })
            await phone.SendAsync(frame);
        await phone.SendAsync("ping:");
        Assert.Equal("pong", await phone.ReadTextAsync());
        await phone.PingAsync();
        await phone.SendAsync("close");
        await gateway.App.NextAsync(PacketType.Close);
        Assert.Equal(["Connect", "Close"], gateway.App.AcceptedOf(id));
        Assert.Equal(10, counts["weapp.tunnel_server.frames.received{type=ignored}"]);
    }

    [Fact]
    public async Task A_push_inside_the_connect_handler_arrives_before_the_handler_has_ended()
    {
        await using var gateway = await Gateway.StartAsync();
        var received = new TaskCompletionSource();
        gateway.App.Handle = async (seen, cancellationToken) =>
        {
            if (seen.Type == PacketType.Connect)
            {
                Assert.Empty(await gateway.PushAsync("""{"type":"welcome"}""", seen.TunnelId));
                await received.Task.WaitAsync(Phone.Deadline, cancellationToken);
            }

            return EventReceipt.Accepted;
        };
        await using var phone = await Phone.ConnectAsync((await gateway.RequestAsync()).ConnectUrl);
        Assert.Equal("""message:{"type":"welcome"}""", await phone.ReadTextAsync());
        await phone.PingAsync();
        received.SetResult();
        await gateway.App.NextAsync(PacketType.Connect);
    }

    [Fact]
    public async Task A_close_inside_the_connect_handler_is_followed_by_the_close_event()
    {
        await using var gateway = await Gateway.StartAsync();
        gateway.App.Handle = async (seen, _) =>
        {
            if (seen.Type == PacketType.Connect)
                Assert.Empty(await gateway.CloseAsync(seen.TunnelId));
            return EventReceipt.Accepted;
        };
        await using var phone = await Phone.ConnectAsync((await gateway.RequestAsync()).ConnectUrl);
        Assert.Equal(["close"], (await phone.ReadToEndAsync()).Texts);
        await gateway.App.NextAsync(PacketType.Connect);
        await gateway.App.NextAsync(PacketType.Close);
    }
}
