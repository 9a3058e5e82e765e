using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Weapp.Benchmarks.Events;
using Weapp.Benchmarks.Sockets;

namespace Weapp.Benchmarks.Servers;

/// <summary>The app in front of the nodes of P8 and P4c: it asks one of them for tunnels, and pushes through that one alone.</summary>
internal static class NodeAppServer
{
    /// <returns>The app's own address, which its nodes must know from the start.</returns>
    public static string AddServices(IServiceCollection services, string node)
    {
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        var address = $"http://{free.LocalEndpoint}";
        services.AddWeapp(options =>
        {
            options.TunnelServerUrl = node;
            options.TunnelSignatureKey = SpeakEvent.Key;
            options.ServerHost = "127.0.0.1";
            options.PublicUrl = address;
        }).AddHandler<ConnectedPhones>(ServiceLifetime.Singleton);
        return address;
    }

    public static void Map(WebApplication app)
    {
        var tunnels = app.Services.GetRequiredService<ITunnels<ISpeakClient>>();
        var phones = app.Services.GetRequiredService<ConnectedPhones>();
        var content = SpeakEvent.Objects().Content;
        app.MapWeappTunnel<ConnectedPhones>("/tunnel");
        SocketServer.Map(
            app,
            new ServerWords([], [.. "ping"u8]),
            async context =>
            {
                using var client = new HttpClient();
                var answer = await client.GetFromJsonAsync<JsonElement>($"http://{context.Request.Host}/tunnel", context.RequestAborted);
                return answer.GetProperty("url").GetString()!;
            },
            () => phones.Ids.Count,
            async () =>
            {
                if (await tunnels.Broadcast(phones.Ids.Keys).SpeakAsync(content) is { HasInvalidTunnelIds: false, HasUndeliveredTunnelIds: false })
                    return;
                throw new InvalidOperationException("The broadcast did not reach everybody.");
            });
    }
}

/// <summary>Knows which phones are there.</summary>
[TunnelHandler<ISpeakClient>]
internal sealed partial class ConnectedPhones
{
    public ConcurrentDictionary<string, bool> Ids { get; } = new();

    [TunnelConnect]
    public void OnConnect(string tunnelId) => Ids[tunnelId] = true;

    [TunnelClose]
    public void OnClose(string tunnelId) => Ids.TryRemove(tunnelId, out _);
}
