using Weapp.Protocol.Packets;
using Weapp.TestKit;
using Weapp.TunnelServer.Tests.Support;

namespace Weapp.TunnelServer.Tests;

/// <summary>Connections to an app that swallow everything without a word, as after a router forgot them.</summary>
public sealed class StrandedAppTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_event_that_nobody_answered_goes_out_on_a_new_connection()
    {
        const int Phones = 8;
        await using var gateway = await HttpGateway.StartAsync(static options => options.DeliveryTimeout = TimeSpan.FromSeconds(1));
        await using var network = new TcpProxy(gateway.AppServer.Address.Authority);
        using var counts = new MeterCounts(gateway.Server);
        gateway.ReceiveUrl = $"http://{network.Address}/tunnel";
        var phones = new List<Phone>();
        for (var i = 0; i < Phones; i++)
            phones.Add((await gateway.ConnectAsync()).Phone);

        // As many connections as there are phones.
        var inside = 0;
        var all = new TaskCompletionSource();
        gateway.Intercept = async _ =>
        {
            if (Interlocked.Increment(ref inside) == Phones)
                all.SetResult();
            await all.Task;
            return false;
        };
        foreach (var phone in phones)
            await phone.SendMessageAsync("{}");
        for (var i = 0; i < Phones; i++)
            await gateway.App.NextAsync(PacketType.Message);
        await counts.UntilAsync("weapp.tunnel_server.messages.waiting", 0, Token);
        Assert.InRange(network.Connections, Phones, 2 * Phones);

        network.Strand();
        await phones[0].SendMessageAsync("""{"is":"late"}""");
        Assert.Equal("""{"is":"late"}""", (await gateway.App.NextAsync(PacketType.Message)).Content);
        await counts.UntilAsync("weapp.tunnel_server.messages.waiting", 0, Token);
        Assert.Equal(1, counts["weapp.tunnel_server.delivery.duration{outcome=unreachable}"]);
        network.Heal();
        await gateway.Server.StopAsync();
    }
}
