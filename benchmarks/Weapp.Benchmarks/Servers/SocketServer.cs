using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Weapp.Benchmarks.Sockets;

namespace Weapp.Benchmarks.Servers;

/// <summary>What the driver of P4 and P4b asks of either server.</summary>
internal static class SocketServer
{
    public static void Map(WebApplication app, ServerWords words, Func<HttpContext, ValueTask<string>> address, Func<int> connected, Func<Task> push)
    {
        app.MapGet("/words", () => words);
        // Without the cast it would be taken for a plain request delegate, whose result goes nowhere.
        app.MapGet("/address", (Delegate)(async (HttpContext context) => Results.Text(await address(context))));
        app.MapGet("/connected", () => connected());
        app.MapPost("/push", () => push());
        app.MapGet("/cpu", static () => Environment.CpuUsage.TotalTime.TotalMicroseconds);
        app.MapGet("/memory", static () =>
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            using var self = Process.GetCurrentProcess();
            return Results.Text(self.WorkingSet64.ToString(System.Globalization.CultureInfo.InvariantCulture));
        });
    }
}
