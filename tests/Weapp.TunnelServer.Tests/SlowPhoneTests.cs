using Weapp.Protocol.Packets;
using Weapp.TunnelServer.Tests.Support;

namespace Weapp.TunnelServer.Tests;

/// <summary>Phones that stop reading: they cost little, they are cut, and nobody waits for them.</summary>
public sealed class SlowPhoneTests
{
    // Kestrel's pipe, twice the send buffer as Linux counts it, and the phone's receive buffer.
    private const int MostOnTheWay = 64 * 1024 + 2 * 64 * 1024 + 64 * 1024;

    private readonly TestClock _clock = new();

    [Fact]
    public async Task The_system_takes_little_for_a_phone_that_does_not_read()
    {
        await using var gateway = await Gateway.StartAsync(static options => (options.SendQueueBytes, options.SendQueueFrames) = (64 * 1024, 10_000), _clock);
        var (phone, id) = await gateway.ConnectAsync(receiveBuffer: 4096);
        var json = $$"""{"type":"{{new string('x', 1000)}}"}""";
        var taken = 0;
        while ((await gateway.PushAsync(json, id)).Count == 0)
        {
            taken += json.Length;
            Assert.InRange(taken, 0, 64 * 1024 + MostOnTheWay);
        }

        Assert.Equal(4429, (await phone.ReadToEndAsync()).Code);
    }

    [Fact]
    public async Task A_queue_of_too_many_frames_is_4429_however_short_they_are()
    {
        await using var gateway = await Gateway.StartAsync(time: _clock);
        var (phone, id) = await gateway.ConnectAsync(receiveBuffer: 4096);
        var taken = await FillAsync(gateway, id);
        while ((await gateway.PushAsync("{}", id)).Count == 0)
            taken++;
        var (code, texts) = await phone.ReadToEndAsync();
        Assert.Equal(4429, code);

        // The phone gets what was on its way, and not what was waiting.
        Assert.Equal(256, taken - texts.Count);
    }

    [Fact]
    public async Task A_phone_that_reads_again_in_time_keeps_its_tunnel()
    {
        await using var gateway = await Gateway.StartAsync(time: _clock);
        var (phone, id) = await gateway.ConnectAsync(receiveBuffer: 4096);
        var sent = await FillAsync(gateway, id);
        _clock.Advance(TimeSpan.FromSeconds(9));
        for (var i = 0; i < sent; i++)
            await phone.ReadTextAsync();
        await phone.PingAsync();
        _clock.Advance(TimeSpan.FromSeconds(11));
        Assert.Empty(await gateway.PushAsync("{}", id));
        Assert.Equal("message:{}", await phone.ReadTextAsync());
    }

    [Fact]
    public async Task Phones_that_stop_reading_are_cut_at_the_send_timeout_and_the_others_miss_nothing()
    {
        await using var gateway = await Gateway.StartAsync(static options => options.SendQueueFrames = 10_000, _clock);
        var slow = new List<string>();
        var fast = new List<(Phone Phone, string Id)>();
        for (var i = 0; i < 250; i++)
        {
            if (i % 5 == 0)
                slow.Add((await gateway.ConnectAsync(receiveBuffer: 4096)).TunnelId);
            else
                fast.Add(await gateway.ConnectAsync());
        }

        var json = $$"""{"type":"{{new string('x', 8000)}}"}""";
        string[] ids = [.. slow, .. fast.Select(static one => one.Id)];

        // More than the slow ones' connections take. The clock stands still: the others have everything before anybody is cut, and nobody makes room for them.
        for (var round = 0; round < 60; round++)
            await PushAsync();

        // Below ten seconds nobody is cut; the sweep comes every second.
        _clock.Advance(TimeSpan.FromSeconds(9));
        await PushAsync();
        Assert.DoesNotContain(gateway.App.Accepted, static seen => seen.Type == PacketType.Close);
        _clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(slow, await gateway.PushAsync(json, ids));
        for (var i = 0; i < slow.Count; i++)
            Assert.Contains((await gateway.App.NextAsync(PacketType.Close)).TunnelId, slow);
        foreach (var (phone, _) in fast)
        {
            Assert.Equal("message:" + json, await phone.ReadTextAsync());
            await phone.PingAsync();
            await phone.DisposeAsync();
        }

        // The slow ones' connections are gone two seconds later, read or not: the server can stop.
        _clock.Advance(TimeSpan.FromSeconds(2));
        await gateway.Server.StopAsync();

        async Task PushAsync()
        {
            Assert.Empty(await gateway.PushAsync(json, ids));
            foreach (var (phone, _) in fast)
                Assert.Equal("message:" + json, await phone.ReadTextAsync());
        }
    }

    // More than the phone's connection takes: how many messages.
    private static async Task<int> FillAsync(Gateway gateway, string id)
    {
        const int Count = 12;
        for (var i = 0; i < Count; i++)
            Assert.Empty(await gateway.PushAsync($$"""{"type":"{{new string('x', 60_000)}}"}""", id));
        return Count;
    }
}
