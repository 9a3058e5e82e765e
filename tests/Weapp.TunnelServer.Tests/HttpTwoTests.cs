using System.Net;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Weapp.Protocol.Packets;
using Weapp.TestKit;
using Weapp.TunnelServer.Tests.Support;

namespace Weapp.TunnelServer.Tests;

/// <summary>WebSockets over HTTP/2, as browsers open them: several phones may share a connection, and one that is cut takes no other with it.</summary>
public sealed class HttpTwoTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Phones_on_one_connection_are_served_limited_and_ended_one_by_one()
    {
        await using var gateway = Gateway.Over(await TestServer.StartAsync(
            static builder =>
            {
                builder.WebHost.ConfigureKestrel(static kestrel => kestrel.ConfigureEndpointDefaults(static endpoint => endpoint.Protocols = HttpProtocols.Http2));
                builder.Services.AddTunnelServer(static options => options.FrameBurst = 20);
            },
            static app => app.MapTunnelServer()));
        using var handler = new SocketsHttpHandler();
        using var invoker = new HttpMessageInvoker(handler);
        var (good, goodId) = await ConnectAsync(gateway, invoker);
        var (big, bigId) = await ConnectAsync(gateway, invoker);
        var (hasty, hastyId) = await ConnectAsync(gateway, invoker);
        var (rude, rudeId) = await ConnectAsync(gateway, invoker);

        await big.SendTextAsync("message:" + new string('x', 64 * 1024));
        Assert.Equal((WebSocketCloseStatus)1009, await CloseCodeAsync(big));
        for (var i = 0; i < 30; i++)
            await hasty.SendTextAsync("foo");
        Assert.Equal((WebSocketCloseStatus)1008, await CloseCodeAsync(hasty));
        rude.Abort();
        HashSet<string> closed = [];
        while (closed.Count < 3)
            closed.Add((await gateway.App.NextAsync(PacketType.Close)).TunnelId);
        Assert.Equal([bigId, hastyId, rudeId], closed, static (a, b) => a.SetEquals(b));

        await good.SendTextAsync("""message:{"type":"speak"}""");
        Assert.Equal((goodId, """{"type":"speak"}"""), (await gateway.App.NextAsync(PacketType.Message)) switch { var seen => (seen.TunnelId, seen.Content) });
        Assert.Empty(await gateway.PushAsync("""{"type":"answer"}""", goodId));
        Assert.Equal("""message:{"type":"answer"}""", await good.ReadTextAsync());
        Assert.Empty(await gateway.CloseAsync(goodId));
        Assert.Equal("close", await good.ReadTextAsync());
        Assert.Equal(WebSocketCloseStatus.NormalClosure, await CloseCodeAsync(good));
        await gateway.App.NextAsync(PacketType.Close);
        foreach (var phone in (WebSocket[])[good, big, hasty, rude])
            phone.Dispose();
    }

    private static async Task<(ClientWebSocket Phone, string TunnelId)> ConnectAsync(Gateway gateway, HttpMessageInvoker invoker)
    {
        var grant = await gateway.RequestAsync();
        var phone = new ClientWebSocket { Options = { HttpVersion = HttpVersion.Version20, HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact } };
        await phone.ConnectAsync(new Uri(grant.ConnectUrl), invoker, Token);
        Assert.Equal("timeout:15", await phone.ReadTextAsync());
        Assert.Equal(grant.TunnelId, (await gateway.App.NextAsync(PacketType.Connect)).TunnelId);
        return (phone, grant.TunnelId);
    }

    private static async Task<WebSocketCloseStatus?> CloseCodeAsync(ClientWebSocket phone)
    {
        var received = await phone.ReceiveAsync(new byte[4096], Token).WaitAsync(Phone.Deadline, Token);
        return received.CloseStatus;
    }
}
