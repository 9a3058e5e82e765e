using System.Security.Cryptography;

namespace Weapp.TunnelServer.Delivery;

/// <summary>How long to wait between tries.</summary>
internal static class RetrySchedule
{
    private static readonly double[] Seconds = [0.5, 1, 2, 4, 8, 15, 30, 60];

    /// <summary>The pause after the given try, spread by ± 20 % so that tunnels do not come back all at once.</summary>
    /// <param name="attempt">The try that failed: 1, 2, …</param>
    public static TimeSpan After(int attempt)
    {
        var spread = RandomNumberGenerator.GetInt32(800, 1201) / 1000.0;
        return TimeSpan.FromSeconds(Seconds[Math.Min(attempt, Seconds.Length) - 1] * spread);
    }
}
