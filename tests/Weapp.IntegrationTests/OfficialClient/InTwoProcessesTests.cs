using Weapp.IntegrationTests.Systems;

namespace Weapp.IntegrationTests.OfficialClient;

/// <summary>The official client against ChatRoom, with both servers in another process.</summary>
public sealed class InTwoProcessesTests : OwnAppConversation
{
    private Uri? _servers;

    [Fact]
    public async Task The_server_shows_how_long_deliveries_take_in_parts_of_a_second()
    {
        var phone = await (await StartAsync())("三木");
        await EnterAsync(phone);
        await SpeakAsync(phone, "早");
        await phone.HearAsync("speak", Token);

        using var client = new HttpClient();
        var lines = (await client.GetStringAsync(new Uri(_servers!, "/metrics"), Token)).Split('\n');
        var bounds = lines.Where(static line => line.StartsWith("weapp_tunnel_server_delivery_duration_seconds_bucket{", StringComparison.Ordinal)).ToList();

        Assert.Contains(bounds, static line => line.Contains("le=\"0.005\"", StringComparison.Ordinal));
        Assert.Contains(bounds, static line => line.Contains("le=\"10\"", StringComparison.Ordinal));
    }

    private protected override async Task<ChatSystem> StartSystemAsync(string[] tunnelServer)
    {
        var system = await ChatSystem.InTwoProcessesAsync(tunnelServer, Token);
        _servers = system.WeChat;
        return system;
    }
}
