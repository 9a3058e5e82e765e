namespace Weapp.Benchmarks.Sockets;

/// <summary>Prints the rows P4b.</summary>
internal static class IdleMemoryFigure
{
    private const int Few = 1000;
    private const int Many = 10_000;
    private const int Most = 15_000;

    public static async Task PrintAsync(Uri weapp, Uri signalR)
    {
        var (ours, ourMost) = await PerSocketAsync(weapp);
        var (theirs, theirMost) = await PerSocketAsync(signalR);
        Console.WriteLine(
            $"| P4b | resident memory per idle tunnel, from {Few:N0} to {Many:N0} | SignalR's per idle connection | {ours / theirs:F2}× | " +
            $"{ours / 1024:F1} KiB and {theirs / 1024:F1} KiB |");
        Console.WriteLine(
            $"| P4b | the server's whole memory by {Most:N0} idle tunnels | SignalR's | {ourMost / theirMost:F2}× | " +
            $"{ourMost / 1024:F1} KiB and {theirMost / 1024:F1} KiB each |");
    }

    private static async Task<(double Slope, double Most)> PerSocketAsync(Uri server)
    {
        await using var driver = new SocketDriver(server);
        await driver.GrowAsync(Few);
        var few = await driver.MemoryAsync();
        await driver.GrowAsync(Many);
        var many = await driver.MemoryAsync();
        await driver.GrowAsync(Most);
        return ((many - few) / (double)(Many - Few), await driver.MemoryAsync() / (double)Most);
    }
}
