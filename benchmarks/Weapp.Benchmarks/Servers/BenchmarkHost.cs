using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Weapp.Benchmarks.Events;

namespace Weapp.Benchmarks.Servers;

/// <summary>Runs one server until it is told to stop; its only line of output is its address.</summary>
internal static class BenchmarkHost
{
    public static async Task RunAsync(string name, string[] settings)
    {
        var builder = WebApplication.CreateBuilder();
        // Standard output is for the address.
        builder.Logging.ClearProviders().AddConsole(static console => console.LogToStandardErrorThreshold = LogLevel.Trace).SetMinimumLevel(LogLevel.Warning);
        var url = "http://127.0.0.1:0";
        switch (name)
        {
            case "weapp":
                WeappServer.AddServices(builder.Services);
                break;
            case "sessions":
                SessionsServer.AddServices(builder.Services, settings.Single());
                break;
            case "tunnels":
                TunnelsServer.AddServices(builder.Services);
                break;
            case "signalr":
                SignalRServer.AddServices(builder.Services);
                break;
            case "node":
                NodeServer.AddServices(builder.Services, settings.SingleOrDefault());
                break;
            case "node-app":
                url = NodeAppServer.AddServices(builder.Services, settings.Single());
                break;
        }

        var app = builder.Build();
        app.Urls.Add(url);
        switch (name)
        {
            case "limit":
                LimitServer.Map(app);
                break;
            case "weapp":
                WeappServer.Map(app);
                // Where nothing reached the handler, the figure means nothing: run.sh asks.
                app.MapGet("/handled", (SpeakHandler handler) => Results.Text(handler.Last is null ? "no" : "yes"));
                break;
            case "sessions":
                SessionsServer.Map(app);
                break;
            case "tunnels":
                TunnelsServer.Map(app);
                break;
            case "signalr":
                SignalRServer.Map(app);
                break;
            case "node":
                NodeServer.Map(app);
                break;
            case "node-app":
                NodeAppServer.Map(app);
                break;
            default:
                throw new ArgumentException($"There is no server '{name}': limit, weapp, sessions, tunnels, signalr, node, node-app.", nameof(name));
        }

        await app.StartAsync();
        Console.WriteLine(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        await app.WaitForShutdownAsync();
    }
}
