using System.Net.WebSockets;
using System.Text;
using Weapp.Protocol.Packets;
using Weapp.TunnelServer.Tests.Support;

namespace Weapp.TunnelServer.Tests;

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
        Assert.Equal("timeout:15", await ReadAsync(client));
        await client.SendAsync("ping"u8.ToArray(), WebSocketMessageType.Text, true, CancellationToken.None);
        Assert.Equal("pong", await ReadAsync(client));
        await client.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        await gateway.App.NextAsync(PacketType.Connect);
        await gateway.App.NextAsync(PacketType.Close);
    }

    private static async Task<string> ReadAsync(ClientWebSocket client)
    {
        var buffer = new byte[1024];
        var result = await client.ReceiveAsync(buffer, CancellationToken.None).WaitAsync(Phone.Deadline);
        return Encoding.UTF8.GetString(buffer, 0, result.Count);
    }
}
