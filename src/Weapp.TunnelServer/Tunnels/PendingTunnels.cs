using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using Weapp.TunnelServer.Delivery;

namespace Weapp.TunnelServer.Tunnels;

/// <summary>A tunnel that was granted and has not been connected to.</summary>
/// <param name="Id">The tunnel's id.</param>
/// <param name="Ticket">Opens the tunnel, once.</param>
/// <param name="Owner">Who may push to it.</param>
/// <param name="Sink">Takes its events.</param>
/// <param name="GrantedAt">The time provider's time stamp.</param>
internal sealed record PendingTunnel(string Id, string Ticket, TunnelOwner Owner, IEventSink Sink, long GrantedAt);

/// <summary>Tunnels that wait for their phones.</summary>
internal sealed class PendingTunnels(IOptions<TunnelServerOptions> options, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, PendingTunnel> _waiting = new(StringComparer.Ordinal);
    private readonly TimeSpan _lifetime = options.Value.TicketLifetime;

    public PendingTunnel Add(TunnelOwner owner, IEventSink sink)
    {
        var pending = new PendingTunnel(Secrets.Next(), Secrets.Next(), owner, sink, time.GetTimestamp());
        _waiting[pending.Id] = pending;
        return pending;
    }

    /// <summary>Spends a ticket: of any number of simultaneous callers one gets the tunnel. A wrong ticket spends nothing.</summary>
    public PendingTunnel? Claim(string id, string ticket) =>
        _waiting.TryGetValue(id, out var pending)
        && Secrets.Same(pending.Ticket, ticket)
        && !HasExpired(pending)
        && _waiting.TryRemove(id, out _)
            ? pending
            : null;

    public void RemoveExpired()
    {
        foreach (var (id, pending) in _waiting)
        {
            if (HasExpired(pending))
                _waiting.TryRemove(id, out _);
        }
    }

    private bool HasExpired(PendingTunnel pending) => time.GetElapsedTime(pending.GrantedAt) >= _lifetime;
}
