using System.Runtime.InteropServices;

namespace Weapp.Http;

/// <summary>
/// Remembers which events have come, so that repeats and replays do not reach the handler twice and none overtakes another (protocol section 9).
/// The events of a tunnel that it does not know, because the app has just started, are taken from wherever they begin.
/// </summary>
internal sealed class EventHistory(TimeProvider time, bool checksSequence)
{
    /// <summary>How long a tunnel is remembered after its last event, at least; older events are refused for their time.</summary>
    public static readonly TimeSpan Memory = TimeSpan.FromMinutes(10);

    /// <summary>When that many tunnels have been seen, those that have been quiet longest are forgotten early.</summary>
    public const int Capacity = 100_000;

    private readonly Lock _lock = new();

    // Two generations: what is used moves to the new one, and the old one is dropped whole.
    private Dictionary<string, TunnelHistory> _recent = new(StringComparer.Ordinal);
    private Dictionary<string, TunnelHistory> _old = new(StringComparer.Ordinal);
    private long _turnedAt = time.GetTimestamp();

    /// <summary>What is known of a tunnel.</summary>
    /// <param name="tunnelId">The tunnel.</param>
    /// <param name="seq">The number of the event that has come: where nothing is known, it is the first one.</param>
    public TunnelHistory Of(string tunnelId, long? seq)
    {
        lock (_lock)
        {
            if (_recent.Count >= Capacity || time.GetElapsedTime(_turnedAt) >= Memory)
            {
                (_old, _recent) = (_recent, new(StringComparer.Ordinal));
                _turnedAt = time.GetTimestamp();
            }

            ref var history = ref CollectionsMarshal.GetValueRefOrAddDefault(_recent, tunnelId, out _);
            if (history is null && !_old.Remove(tunnelId, out history))
                history = new TunnelHistory((seq ?? 1) - 1, checksSequence);
            return history;
        }
    }
}
