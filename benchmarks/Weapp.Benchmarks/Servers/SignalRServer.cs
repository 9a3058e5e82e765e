using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;
using Weapp.Benchmarks.Events;
using Weapp.Benchmarks.Sockets;

namespace Weapp.Benchmarks.Servers;

/// <summary>What P4 is held against: the same broadcast through a SignalR hub with its defaults.</summary>
internal static class SignalRServer
{
    public static void AddServices(IServiceCollection services) => services.AddSignalR();

    public static void Map(WebApplication app)
    {
        var hub = app.Services.GetRequiredService<IHubContext<SpeakHub>>();
        var content = SpeakEvent.Objects().Content;
        app.MapHub<SpeakHub>("/hub");
        SocketServer.Map(
            app,
            new ServerWords([.. "{\"protocol\":\"json\",\"version\":1}\u001e"u8], [.. "{\"type\":6}\u001e"u8], 0x1E),
            static context => ValueTask.FromResult("/hub"),
            static () => SpeakHub.Connected,
            () => hub.Clients.All.SendAsync("speak", content));
    }

    /// <summary>Its clients are only talked to.</summary>
    public sealed class SpeakHub : Hub
    {
        private static int _connected;

        /// <summary>How many clients there are.</summary>
        public static int Connected => Volatile.Read(ref _connected);

        public override Task OnConnectedAsync()
        {
            Interlocked.Increment(ref _connected);
            return Task.CompletedTask;
        }
    }
}
