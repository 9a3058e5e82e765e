using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Weapp.Protocol.Packets;
using Weapp.TestKit;
using Weapp.TunnelServer.Tests.Support;

namespace Weapp.TunnelServer.Tests;

/// <summary>A server that stops sends its phones away a few at a time.</summary>
public sealed class DrainTests
{
    private readonly TestClock _clock = new();

    [Fact]
    public async Task Phones_are_closed_at_the_drain_rate_and_served_until_then()
    {
        await using var gateway = await Gateway.StartAsync(static options => options.DrainRate = 20, _clock);
        var phones = await ConnectAsync(gateway, 10);
        var stopping = gateway.Server.StopAsync();
        for (var step = 0; step < 5; step++)
        {
            if (step > 0)
                _clock.Advance(TimeSpan.FromSeconds(0.1));
            await ReportedClosedAsync(gateway, 2);
            string[] ids = [.. phones.Select(static one => one.Id)];
            Assert.Equal(2 * (step + 1), (await gateway.PushAsync("{}", ids)).Count);
        }

        foreach (var (phone, _) in phones)
        {
            var (code, texts) = await phone.ReadToEndAsync();
            Assert.Equal(1001, code);
            Assert.DoesNotContain("close", texts);
        }

        await stopping.WaitAsync(Phone.Deadline, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_tunnel_that_waits_for_its_turn_works()
    {
        await using var gateway = await Gateway.StartAsync(static options => options.DrainRate = 10, _clock);
        var phones = await ConnectAsync(gateway, 2);
        var grant = await gateway.RequestAsync();
        var stopping = gateway.Server.StopAsync();
        var first = (await gateway.App.NextAsync(PacketType.Close)).TunnelId;
        var (phone, id) = phones.Single(one => one.Id != first);
        await phone.SendMessageAsync("{}");
        Assert.Equal(id, (await gateway.App.NextAsync(PacketType.Message)).TunnelId);
        await phone.PingAsync();

        // One that comes now is told so before it has spent its ticket.
        await using var late = await Phone.TryConnectAsync(grant.ConnectUrl);
        Assert.Equal(503, late.Status);
        _clock.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal(1001, await phone.ReadCloseCodeAsync());
        await gateway.App.NextAsync(PacketType.Close);
        foreach (var (other, _) in phones)
            await other.DisposeAsync();
        await stopping.WaitAsync(Phone.Deadline, TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData(2, 30)]
    [InlineData(25, 2.4)]
    public async Task The_rate_rises_where_the_time_would_not_suffice(double drainTimeout, double hostTimeout)
    {
        await using var server = await TestServer.StartAsync(
            builder =>
            {
                builder.Services.AddSingleton<TimeProvider>(_clock);
                builder.Services.AddTunnelServer(options => (options.DrainRate, options.DrainTimeout) = (1, TimeSpan.FromSeconds(drainTimeout)));
                builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(hostTimeout));
            },
            static app => app.MapTunnelServer());
        await using var gateway = Gateway.Over(server);
        var phones = await ConnectAsync(gateway, 32);

        // 32 in 1.6 s are two for each of the sixteen steps.
        var stopping = server.StopAsync();
        await ReportedClosedAsync(gateway, 2);
        Assert.Equal(2, (await gateway.PushAsync("{}", [.. phones.Select(static one => one.Id)])).Count);
        for (var step = 1; step < 16; step++)
        {
            _clock.Advance(TimeSpan.FromSeconds(0.1));
            await ReportedClosedAsync(gateway, 2);
        }

        foreach (var (phone, _) in phones)
            Assert.Equal(1001, (await phone.ReadToEndAsync()).Code);
        await stopping.WaitAsync(Phone.Deadline, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task The_apps_close_the_phones_close_and_the_drain_at_once_are_one_close()
    {
        await using var gateway = await Gateway.StartAsync(static options => options.EventQueueLength = 1000);
        var phones = await ConnectAsync(gateway, 200);
        var closing = phones.Select(one => Task.WhenAll(
            Task.Run(() => gateway.CloseAsync(one.Id), TestContext.Current.CancellationToken),
            Task.Run(() => SayCloseAsync(one.Phone), TestContext.Current.CancellationToken))).ToList();
        var stopping = gateway.Server.StopAsync();
        await Task.WhenAll(closing);
        foreach (var (phone, _) in phones)
            await phone.ReadToEndAsync();
        await stopping.WaitAsync(Phone.Deadline, TestContext.Current.CancellationToken);
        foreach (var (_, id) in phones)
            Assert.Equal(["Connect", "Close"], gateway.App.AcceptedOf(id));
    }

    private static async Task SayCloseAsync(Phone phone)
    {
        try
        {
            await phone.SendAsync("close");
        }
        catch (IOException)
        {
            // The server was first.
        }
    }

    private static async Task<List<(Phone Phone, string Id)>> ConnectAsync(Gateway gateway, int count)
    {
        var phones = new List<(Phone, string)>();
        for (var i = 0; i < count; i++)
            phones.Add(await gateway.ConnectAsync());
        return phones;
    }

    private static async Task ReportedClosedAsync(Gateway gateway, int count)
    {
        for (var i = 0; i < count; i++)
            await gateway.App.NextAsync(PacketType.Close);
    }
}
