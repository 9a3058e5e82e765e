using Weapp.Protocol.Packets;
using Weapp.TunnelServer.Tests.Support;

namespace Weapp.TunnelServer.Tests;

/// <summary>Somebody sets the server's clock while it runs.</summary>
public sealed class ClockStepTests
{
    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public async Task A_clock_that_is_set_by_an_hour_ends_no_tunnel_and_no_ticket_early_or_late(int hours)
    {
        var clock = new TestClock();
        await using var gateway = await Gateway.StartAsync(time: clock);
        var (phone, id) = await gateway.ConnectAsync();
        var grant = await gateway.RequestAsync();
        clock.Step = TimeSpan.FromHours(hours);
        clock.Advance(TimeSpan.FromSeconds(30));
        await phone.PingAsync();
        await phone.SendMessageAsync("{}");
        await gateway.App.NextAsync(PacketType.Message);
        Assert.Empty(await gateway.PushAsync("{}", id));
        await using var late = await Phone.ConnectAsync(grant.ConnectUrl);
        await gateway.App.NextAsync(PacketType.Connect);

        clock.Advance(TimeSpan.FromSeconds(39));
        Assert.Equal(4408, (await phone.ReadToEndAsync()).Code);
        Assert.Equal(4408, (await late.ReadToEndAsync()).Code);
    }
}
