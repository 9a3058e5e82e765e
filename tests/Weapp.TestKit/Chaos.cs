namespace Weapp.TestKit;

/// <summary>A bad network: it cuts what passes into pieces, holds some of them up, and now and then resets a connection.</summary>
/// <param name="seed">The seed of its choices.</param>
/// <param name="resets">How likely a piece is to reset its connection instead.</param>
public sealed class Chaos(int seed, double resets)
{
    private const double Cuts = 0.3;
    private const double Delays = 0.1;
    private const int LongestDelay = 30;

    private readonly Lock _gate = new();
    private readonly Random _random = new(seed);

    /// <summary>Decides how many of the next bytes pass.</summary>
    internal async ValueTask<int> DisturbAsync(int length)
    {
        int piece;
        int delay;
        lock (_gate)
        {
            if (_random.NextDouble() < resets)
                throw new ChaosException();
            piece = _random.NextDouble() < Cuts ? _random.Next(1, length + 1) : length;
            delay = _random.NextDouble() < Delays ? _random.Next(1, LongestDelay) : 0;
        }

        if (delay > 0)
            await Task.Delay(delay);
        return piece;
    }
}

/// <summary>The network resets a connection.</summary>
internal sealed class ChaosException : Exception;
