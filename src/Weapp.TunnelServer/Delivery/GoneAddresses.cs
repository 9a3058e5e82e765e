using System.Collections.Concurrent;

namespace Weapp.TunnelServer.Delivery;

/// <summary>Where an app has answered 410: for tunnels of before nothing more is sent there.</summary>
internal sealed class GoneAddresses(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, long> _goneAt = new(StringComparer.Ordinal);

    public void Add(Uri address) => _goneAt[address.PathAndQuery] = time.GetTimestamp();

    /// <summary>Whether the app has said so since then.</summary>
    public bool Has(Uri address, long since) => !_goneAt.IsEmpty && _goneAt.TryGetValue(address.PathAndQuery, out var goneAt) && goneAt >= since;
}
