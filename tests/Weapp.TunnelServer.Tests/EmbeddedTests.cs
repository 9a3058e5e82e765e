using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Weapp.Protocol.Packets;
using Weapp.Protocol.Tunnels;
using Weapp.TestKit;
using Weapp.TunnelServer.Tests.Support;

namespace Weapp.TunnelServer.Tests;

/// <summary>The tunnel server inside an app.</summary>
public sealed class EmbeddedTests
{
    [Fact]
    public async Task A_tunnel_connects_carries_messages_both_ways_and_closes()
    {
        await using var gateway = await Gateway.StartAsync();
        var (phone, id) = await gateway.ConnectAsync();
        await phone.PingAsync();

        await phone.SendMessageAsync("""{"type":"speak","content":{"word":"你好 😀"}}""");
        Assert.Equal("""{"type":"speak","content":{"word":"你好 😀"}}""", (await gateway.App.NextAsync(PacketType.Message)).Content);
        Assert.Empty(await gateway.PushAsync("""{"type":"people","content":1}""", id));
        Assert.Equal("""message:{"type":"people","content":1}""", await phone.ReadTextAsync());

        await phone.SendAsync("close");
        Assert.Equal(1000, await phone.ReadCloseCodeAsync());
        Assert.Equal(id, (await gateway.App.NextAsync(PacketType.Close)).TunnelId);
    }

    [Fact]
    public async Task The_frameworks_own_client_is_served_too()
    {
        await using var gateway = await Gateway.StartAsync();
        var grant = await gateway.RequestAsync();
        using var client = new ClientWebSocket();
        await client.ConnectAsync(new Uri(grant.ConnectUrl), CancellationToken.None);
        Assert.Equal("timeout:15", await client.ReadTextAsync());
        await client.SendTextAsync("ping");
        Assert.Equal("pong", await client.ReadTextAsync());
        await client.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        await gateway.App.NextAsync(PacketType.Connect);
        await gateway.App.NextAsync(PacketType.Close);
    }

    [Fact]
    public async Task It_cannot_be_one_of_several_nodes_and_says_what_to_do_instead()
    {
        var error = await Assert.ThrowsAsync<InvalidOperationException>(async () =>
        {
            await using var server = await TestServer.StartAsync(
                static builder => builder.Services.AddTunnelServer(static options => options.Redis = "127.0.0.1:1"),
                static web =>
                {
                    web.MapTunnelServer();
                    web.Services.GetRequiredService<ITunnelServer>();
                });
        });
        Assert.Contains("TunnelServer:Redis", error.Message, StringComparison.Ordinal);
        Assert.Contains("TunnelServerUrl", error.Message, StringComparison.Ordinal);
    }
}
