using System.Diagnostics;
using Weapp.Benchmarks.Micro;

namespace Weapp.Benchmarks.Sockets;

/// <summary>Prints the row P4.</summary>
internal static class FanOutFigure
{
    private const int Phones = 5000;
    private const int Messages = 20;
    private const int WarmUps = 3;

    public static async Task PrintAsync(Uri weapp, Uri signalR)
    {
        await using var tunnels = new SocketDriver(weapp);
        await using var hub = new SocketDriver(signalR);
        await tunnels.GrowAsync(Phones);
        await hub.GrowAsync(Phones);
        List<(double Rate, double Cpu)> ours = [], theirs = [];
        for (var round = 0; round < WarmUps + Rounds.Count; round++)
        {
            ours.Add(await MeasureAsync(tunnels));
            theirs.Add(await MeasureAsync(hub));
        }

        ours.RemoveRange(0, WarmUps);
        theirs.RemoveRange(0, WarmUps);
        var cpu = ours.Zip(theirs, static (our, their) => our.Cpu / their.Cpu);
        Console.WriteLine(
            $"| P4 | messages/s received, pushes to {Phones:N0} sockets | SignalR `Clients.All`, JSON protocol | " +
            $"{Rounds.Median(ours.Zip(theirs, static (our, their) => our.Rate / their.Rate)):F2}× | " +
            $"{Rounds.Median(ours.Select(Rate)):N0} and {Rounds.Median(theirs.Select(Rate)):N0} messages/s; " +
            $"the server's CPU time per message {Rounds.Median(cpu):F2}×: {Rounds.Median(ours.Select(Cpu)):F1} µs and {Rounds.Median(theirs.Select(Cpu)):F1} µs |");
    }

    private static async Task<(double Rate, double Cpu)> MeasureAsync(SocketDriver driver)
    {
        var cpu = await driver.CpuAsync();
        var start = Stopwatch.GetTimestamp();
        // One after the other: many at once would go out as one packet, and that would be measured.
        for (var i = 0; i < Messages; i++)
            await driver.PushAsync();
        var count = Messages * driver.Count;
        return (count / Stopwatch.GetElapsedTime(start).TotalSeconds, (await driver.CpuAsync() - cpu) / count);
    }

    private static double Rate((double Rate, double Cpu) round) => round.Rate;

    private static double Cpu((double Rate, double Cpu) round) => round.Cpu;
}
