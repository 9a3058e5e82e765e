using System.Globalization;

namespace Weapp.Benchmarks.Sockets;

/// <summary>Prints the row P4c.</summary>
internal static class LeftAloneFigure
{
    private const int Phones = 15_000;
    private const int Seconds = 60;
    private const int Target = 20_000;

    /// <param name="app">The app in front of the server.</param>
    /// <param name="server">The server's process, which has had no tunnel yet.</param>
    public static async Task PrintAsync(Uri app, int server)
    {
        var empty = Resident(server);
        await using var driver = new SocketDriver(app);
        await driver.GrowAsync(Phones);
        var (after, most) = (0L, 0L);
        for (var second = 0; second < Seconds; second++)
        {
            await Task.Delay(TimeSpan.FromSeconds(1));
            after = Resident(server);
            most = Math.Max(most, after);
        }

        Console.WriteLine(
            $"| P4c | resident memory of a published `Weapp.Server` by {Phones:N0} idle tunnels, the highest of {Seconds} s left to itself, above what it has without any | " +
            $"{Target:N0} bytes each | {(most - empty) / (double)Phones / Target:F2}× | {Each(most - empty)}: {Megabytes(most)}, {Megabytes(after)} in the end, {Megabytes(empty)} without tunnels; " +
            $"whole process {Each(most)} |");
    }

    private static string Each(long bytes) => $"{bytes / Phones:N0} bytes each";

    private static string Megabytes(long bytes) => $"{bytes / 1e6:F0} MB";

    private static long Resident(int process)
    {
        var line = File.ReadLines($"/proc/{process}/status").Single(static line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture) * 1024;
    }
}
