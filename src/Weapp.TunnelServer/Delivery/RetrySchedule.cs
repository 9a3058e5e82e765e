using System.Security.Cryptography;

namespace Weapp.TunnelServer.Delivery;

/// <summary>How long to wait between tries.</summary>
internal static class RetrySchedule
{
    private static readonly TimeSpan LongestWhileStopping = TimeSpan.FromSeconds(1);

    private static readonly double[] Seconds = [0.5, 1, 2, 4, 8, 15, 30, 60];

    /// <summary>The pause after the given try, spread by ± 20 % so that tunnels do not come back all at once.</summary>
    /// <param name="attempt">The try that failed: 1, 2, …</param>
    /// <param name="stopping">Is cancelled when the server stops: there is no time for long pauses then.</param>
    public static TimeSpan After(int attempt, CancellationToken stopping)
    {
        var spread = RandomNumberGenerator.GetInt32(800, 1201) / 1000.0;
        var pause = TimeSpan.FromSeconds(Nominal(attempt) * spread);
        return stopping.IsCancellationRequested && pause > LongestWhileStopping ? LongestWhileStopping : pause;
    }

    /// <summary>The longest that so many tries may take, however their pauses are spread.</summary>
    public static TimeSpan Longest(int attempts) => TimeSpan.FromSeconds(Enumerable.Range(1, attempts).Sum(Nominal) * 1.25);

    private static double Nominal(int attempt) => Seconds[Math.Min(attempt, Seconds.Length) - 1];
}
