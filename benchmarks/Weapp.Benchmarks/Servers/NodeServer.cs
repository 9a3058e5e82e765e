using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Weapp.Benchmarks.Events;

namespace Weapp.Benchmarks.Servers;

/// <summary>P8's subject: a tunnel server as a process of its own, alone or one of several over Redis.</summary>
internal static class NodeServer
{
    public static void AddServices(IServiceCollection services, string? redis) => services.AddTunnelServer(options =>
    {
        options.SignatureKey = SpeakEvent.Key;
        options.Redis = redis;
        options.ReceiveHosts.Add("127.0.0.1");
    });

    public static void Map(WebApplication app) => app.MapTunnelServer();
}
