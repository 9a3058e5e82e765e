using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using Weapp.Protocol.Packets;

namespace Weapp.TunnelServer.Tunnels;

/// <summary>
/// The pushes that this process has carried out, so that a repeat is not sent to phones again. At least ten minutes, unless there are too many. One of
/// several nodes also remembers for whom: a call that is repeated may be for tunnels that Redis did not know the first time.
/// </summary>
internal sealed class RecentCalls(IOptions<TunnelServerOptions> options, TimeProvider time)
{
    private const int MaxCalls = 500_000;
    private const int MaxTunnels = 2_000_000;

    private static readonly TimeSpan Span = TimeSpan.FromMinutes(10);

    private readonly bool _keepsTunnels = options.Value.Redis is not null;
    private readonly Lock _gate = new();
    private Dictionary<UInt128, ulong[]?> _current = [];
    private Dictionary<UInt128, ulong[]?> _previous = [];
    private long _since = time.GetTimestamp();
    private int _tunnels;

    /// <summary>Remembers a call, and tells what is known of it.</summary>
    /// <param name="owner">Who calls.</param>
    /// <param name="callId">The call's id; null for one that never comes again.</param>
    /// <param name="packets">Whom it is for at this node.</param>
    public CallRecord Add(TunnelOwner owner, string? callId, IReadOnlyList<PushPacket> packets)
    {
        if (callId is null)
            return default;
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{owner.Id}\n{callId}"), hash);
        var key = BinaryPrimitives.ReadUInt128BigEndian(hash);
        ulong[]? tunnels = _keepsTunnels ? [.. packets.SelectMany(static packet => packet.TunnelIds).Select(CallRecord.Fingerprint).Distinct()] : null;
        lock (_gate)
        {
            Turn();
            var isKnown = _current.TryGetValue(key, out var before) || _previous.TryGetValue(key, out before);
            if (!isKnown)
                _current[key] = Keep(tunnels);
            else if (before is not null && tunnels?.Except(before).ToArray() is { Length: > 0 } more)
                _current[key] = Keep([.. before, .. more]);
            return new CallRecord(isKnown, before);
        }
    }

    // Beyond the limit a call counts as one that everybody has had.
    private ulong[]? Keep(ulong[]? tunnels)
    {
        if (tunnels is null || _tunnels + tunnels.Length > MaxTunnels)
            return null;
        _tunnels += tunnels.Length;
        return tunnels;
    }

    private void Turn()
    {
        if (_current.Count < MaxCalls && time.GetElapsedTime(_since) < Span)
            return;
        (_previous, _current) = (time.GetElapsedTime(_since) < 2 * Span ? _current : [], []);
        _since = time.GetTimestamp();
        _tunnels = 0;
    }
}

/// <summary>What is known of a call.</summary>
/// <param name="isKnown">Whether it came before.</param>
/// <param name="tunnels">For whom; null for whomever it names.</param>
internal readonly struct CallRecord(bool isKnown, ulong[]? tunnels)
{
    // FNV-1a; the ids are our own and random.
    private const ulong Basis = 14695981039346656037;
    private const ulong Prime = 1099511628211;

    public static ulong Fingerprint(string tunnelId)
    {
        var hash = Basis;
        foreach (var character in tunnelId)
            hash = (hash ^ character) * Prime;
        return hash;
    }

    /// <summary>Whether a tunnel has had it.</summary>
    public bool Had(string tunnelId) => isKnown && (tunnels is null || Array.IndexOf(tunnels, Fingerprint(tunnelId)) >= 0);
}
