using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Weapp.Benchmarks.Events;
using Weapp.Benchmarks.Sockets;
using Weapp.Protocol.Packets;
using Weapp.Protocol.Tunnels;

namespace Weapp.Benchmarks.Servers;

/// <summary>P4's subject: an app with the tunnel server inside that broadcasts through its typed client.</summary>
internal static class TunnelsServer
{
    public static void AddServices(IServiceCollection services)
    {
        services.AddTunnelServer();
        services.AddWeapp(static _ => { }).AddHandler<SpeakingHandler>(ServiceLifetime.Singleton);
    }

    public static void Map(WebApplication app)
    {
        var server = app.Services.GetRequiredService<ITunnelServer>();
        var tunnels = app.Services.GetRequiredService<ITunnels<ISpeakClient>>();
        var content = SpeakEvent.Objects().Content;
        var receiver = new Connected();
        app.MapTunnelServer();
        SocketServer.Map(
            app,
            new ServerWords([], [.. "ping"u8]),
            async context =>
            {
                var request = new TunnelRequest { Path = "/tunnel", PublicUrl = $"http://{context.Request.Host}", Receiver = receiver };
                return (await server.RequestTunnelAsync(request, context.RequestAborted)).ConnectUrl;
            },
            () => receiver.Ids.Count,
            async () => await tunnels.Broadcast(receiver.Ids.Keys).SpeakAsync(content));
    }

    private sealed class Connected : ITunnelReceiver
    {
        public ConcurrentDictionary<string, bool> Ids { get; } = new();

        public ValueTask<EventReceipt> ReceiveAsync(string tunnelId, PacketType type, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
        {
            if (type == PacketType.Connect)
                Ids[tunnelId] = true;
            else if (type == PacketType.Close)
                Ids.TryRemove(tunnelId, out _);
            return ValueTask.FromResult(EventReceipt.Accepted);
        }
    }
}
