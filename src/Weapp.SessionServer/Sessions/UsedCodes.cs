using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace Weapp.SessionServer.Sessions;

/// <summary>Login codes that have been taken, by their hash: WeChat is asked about a code once, however many ask at the same time.</summary>
internal sealed class UsedCodes(TimeProvider time)
{
    /// <summary>Twice as long as a code lives.</summary>
    private static readonly TimeSpan Memory = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<UInt128, long> _codes = new();
    private readonly ConcurrentQueue<(UInt128 Hash, long At)> _order = new();

    /// <summary>Takes a code; false for one that was taken before.</summary>
    public bool TryTake(string appId, string code)
    {
        var now = time.GetTimestamp();
        while (_order.TryPeek(out var oldest) && time.GetElapsedTime(oldest.At, now) >= Memory && _order.TryDequeue(out oldest))
            _codes.TryRemove(new KeyValuePair<UInt128, long>(oldest.Hash, oldest.At));
        var hash = Hash(appId, code);
        if (!_codes.TryAdd(hash, now))
            return false;
        _order.Enqueue((hash, now));
        return true;
    }

    /// <summary>Gives a code back that WeChat has not taken.</summary>
    public void Return(string appId, string code) => _codes.TryRemove(Hash(appId, code), out _);

    private static UInt128 Hash(string appId, string code) =>
        BinaryPrimitives.ReadUInt128LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes($"{appId} {code}")));
}
