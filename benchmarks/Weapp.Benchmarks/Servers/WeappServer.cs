using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Weapp.Benchmarks.Events;

namespace Weapp.Benchmarks.Servers;

/// <summary>P2's subject: a tunnel path with signature check and a typed handler, as an app maps it.</summary>
internal static class WeappServer
{
    public static void AddServices(IServiceCollection services) => services
        .AddWeapp(options =>
        {
            options.ServerHost = "localhost";
            options.TunnelServerUrl = "http://127.0.0.1:9";
            options.TunnelSignatureKey = SpeakEvent.Key;
        })
        .AddHandler<SpeakHandler>(ServiceLifetime.Singleton);

    public static void Map(WebApplication app) => app.MapWeappTunnel<SpeakHandler>("/tunnel");
}
