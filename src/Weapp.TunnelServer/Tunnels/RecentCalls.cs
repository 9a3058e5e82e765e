using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Weapp.TunnelServer.Tunnels;

/// <summary>The pushes that this process has carried out, so that a repeat is not sent to phones again. At least ten minutes, unless there are too many.</summary>
internal sealed class RecentCalls(TimeProvider time)
{
    private const int MaxCalls = 500_000;

    private static readonly TimeSpan Span = TimeSpan.FromMinutes(10);

    private readonly Lock _gate = new();
    private HashSet<UInt128> _current = [];
    private HashSet<UInt128> _previous = [];
    private long _since = time.GetTimestamp();

    /// <summary>Remembers a call; false when it is known.</summary>
    public bool TryAdd(TunnelOwner owner, string callId)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{owner.Id}\n{callId}"), hash);
        var key = BinaryPrimitives.ReadUInt128BigEndian(hash);
        lock (_gate)
        {
            if (_current.Count >= MaxCalls || time.GetElapsedTime(_since) >= Span)
            {
                (_previous, _current) = (time.GetElapsedTime(_since) < 2 * Span ? _current : [], []);
                _since = time.GetTimestamp();
            }

            return !_previous.Contains(key) && _current.Add(key);
        }
    }
}
