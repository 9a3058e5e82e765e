using System.Text;
using Weapp.Protocol.Packets;
using Weapp.TunnelServer.Tests.Support;

namespace Weapp.TunnelServer.Tests;

/// <summary>What an app in the same process sends to phones.</summary>
public sealed class PushTests
{
    [Fact]
    public async Task A_hundred_messages_reach_twenty_phones_complete_and_in_order()
    {
        await using var gateway = await Gateway.StartAsync();
        var phones = new List<Phone>();
        var ids = new List<string>();
        for (var i = 0; i < 20; i++)
        {
            var (phone, id) = await gateway.ConnectAsync();
            phones.Add(phone);
            ids.Add(id);
        }

        var expected = Enumerable.Range(0, 100).Select(static i => $$"""message:{"type":"n","content":{{i}}}""").ToList();
        var reading = phones.Select(async phone =>
        {
            var texts = new List<string>();
            while (texts.Count < expected.Count)
                texts.Add(await phone.ReadTextAsync());
            return texts;
        }).ToList();
        foreach (var frame in expected)
            Assert.Empty(await gateway.PushAsync(frame["message:".Length..], [.. ids]));
        foreach (var texts in await Task.WhenAll(reading))
            Assert.Equal(expected, texts);
    }

    [Fact]
    public async Task A_phone_that_does_not_read_holds_up_no_other_and_loses_its_tunnel()
    {
        await using var gateway = await Gateway.StartAsync(time: new TestClock());
        var (slow, slowId) = await gateway.ConnectAsync(receiveBuffer: 4096);
        var (fast, fastId) = await gateway.ConnectAsync();
        var cut = -1;
        for (var i = 0; i < 300; i++)
        {
            var invalid = await gateway.PushAsync($$"""{"type":"n","content":"{{i:D60000}}"}""", slowId, fastId);
            if (invalid.Count > 0)
            {
                Assert.Equal([slowId], invalid);
                cut = cut < 0 ? i : cut;
            }

            Assert.Equal($$"""message:{"type":"n","content":"{{i:D60000}}"}""", await fast.ReadTextAsync());
        }

        Assert.InRange(cut, 1, 299);
        Assert.Equal(slowId, (await gateway.App.NextAsync(PacketType.Close)).TunnelId);
        Assert.Equal(4429, (await slow.ReadToEndAsync()).Code);
    }

    [Fact]
    public async Task Ids_without_a_connected_phone_are_invalid_in_their_order_and_once()
    {
        await using var gateway = await Gateway.StartAsync();
        using var counts = new MeterCounts(gateway.Server);
        var (phone, open) = await gateway.ConnectAsync();
        var (gone, closed) = await gateway.ConnectAsync();
        gone.Reset();
        await gateway.App.NextAsync(PacketType.Close);
        var pending = (await gateway.RequestAsync()).TunnelId;
        Assert.Equal(["zz", pending, closed, "a"], await gateway.PushAsync("{}", "zz", open, pending, closed, "zz", "a", pending, open));
        Assert.Equal((1, 4), (counts["weapp.tunnel_server.pushes{outcome=taken}"], counts["weapp.tunnel_server.pushes{outcome=invalid}"]));
        Assert.Equal("message:{}", await phone.ReadTextAsync());
        await phone.PingAsync();
        Assert.Empty(await gateway.PushAsync("{}"));
    }

    [Fact]
    public async Task One_id_given_often_gets_the_message_once()
    {
        await using var gateway = await Gateway.StartAsync();
        var (phone, id) = await gateway.ConnectAsync();
        Assert.Empty(await gateway.PushAsync("{}", [.. Enumerable.Repeat(id, 10_000)]));
        Assert.Equal("message:{}", await phone.ReadTextAsync());
        await phone.PingAsync();
    }

    [Fact]
    public async Task Messages_that_were_taken_before_a_close_arrive_before_it()
    {
        await using var gateway = await Gateway.StartAsync();
        var (phone, id) = await gateway.ConnectAsync();
        for (var i = 0; i < 50; i++)
            Assert.Empty(await gateway.PushAsync($$"""{"type":"n","content":{{i}}}""", id));
        Assert.Empty(await gateway.CloseAsync(id));
        var (code, texts) = await phone.ReadToEndAsync();
        Assert.Equal(1000, code);
        Assert.Equal([.. Enumerable.Range(0, 50).Select(static i => $$"""message:{"type":"n","content":{{i}}}"""), "close"], texts);
    }

    [Theory]
    [InlineData(PacketType.Message, "")]
    [InlineData(PacketType.Message, "null")]
    [InlineData(PacketType.Connect, "")]
    [InlineData(PacketType.Unknown, "{}")]
    public async Task What_a_phone_must_not_get_is_refused(PacketType type, string content)
    {
        await using var gateway = await Gateway.StartAsync();
        var (phone, id) = await gateway.ConnectAsync();
        var packet = new PushPacket([id], type, Encoding.UTF8.GetBytes(content));
        await Assert.ThrowsAsync<ArgumentException>(async () => await gateway.Tunnels.PushAsync(packet, CancellationToken.None));
        await phone.PingAsync();
    }

    [Fact]
    public async Task A_message_over_the_limit_is_refused()
    {
        await using var gateway = await Gateway.StartAsync();
        var (phone, id) = await gateway.ConnectAsync();
        var longest = $$"""{"type":"{{new string('x', 64 * 1024 - 11)}}"}""";
        Assert.Equal(64 * 1024, longest.Length);
        Assert.Empty(await gateway.PushAsync(longest, id));
        Assert.Equal("message:" + longest, await phone.ReadTextAsync());
        var error = await Assert.ThrowsAsync<ArgumentException>(() => gateway.PushAsync(longest + " ", id));
        Assert.Contains("MaxFrameBytes", error.Message, StringComparison.Ordinal);
    }
}
