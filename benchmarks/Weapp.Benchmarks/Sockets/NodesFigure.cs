using System.Diagnostics;
using Weapp.Benchmarks.Micro;

namespace Weapp.Benchmarks.Sockets;

/// <summary>Prints the row P8.</summary>
internal static class NodesFigure
{
    private const int Phones = 5000;
    private const int Messages = 20;
    private const int WarmUps = 3;

    /// <param name="aloneApp">The app in front of one node.</param>
    /// <param name="app">The app in front of several.</param>
    /// <param name="nodes">The several nodes.</param>
    public static async Task PrintAsync(Uri aloneApp, Uri app, Uri[] nodes)
    {
        await using var one = new SocketDriver(aloneApp);
        await using var several = new SocketDriver(app, nodes);
        await one.GrowAsync(Phones);
        await several.GrowAsync(Phones);
        List<double> alone = [], together = [];
        for (var round = 0; round < WarmUps + Rounds.Count; round++)
        {
            alone.Add(await MeasureAsync(one));
            together.Add(await MeasureAsync(several));
        }

        alone.RemoveRange(0, WarmUps);
        together.RemoveRange(0, WarmUps);
        Console.WriteLine(
            $"| P8 | messages/s received, pushes to {Phones:N0} sockets on {nodes.Length} nodes over Redis | one node | " +
            $"{Rounds.Median(together.Zip(alone, static (our, their) => our / their)):F2}× | " +
            $"{Rounds.Median(together):N0} and {Rounds.Median(alone):N0} messages/s |");
    }

    private static async Task<double> MeasureAsync(SocketDriver driver)
    {
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < Messages; i++)
            await driver.PushAsync();
        return Messages * driver.Count / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
