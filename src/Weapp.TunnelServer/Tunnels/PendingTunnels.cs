using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using Weapp.TunnelServer.Delivery;
using Weapp.TunnelServer.Nodes;

namespace Weapp.TunnelServer.Tunnels;

/// <summary>Who may push to a tunnel, and where its events go.</summary>
/// <param name="Owner">Who may push to it.</param>
/// <param name="Sink">Takes its events.</param>
/// <param name="ReceiveUrl">Where the sink is for another node; null for the app in this process.</param>
internal sealed record TunnelRoute(TunnelOwner Owner, IEventSink Sink, Uri? ReceiveUrl);

/// <summary>What a phone needs to open a tunnel, once.</summary>
internal sealed record TunnelTicket(string Id, string Ticket)
{
    public static TunnelTicket Next() => new(Secrets.Next(), Secrets.Next());
}

/// <summary>A tunnel whose ticket was spent.</summary>
/// <param name="Id">The tunnel's id.</param>
/// <param name="Owner">Who may push to it.</param>
/// <param name="Sink">Takes its events.</param>
/// <param name="Lease">Under which lease this node holds it; null where there is one node.</param>
internal sealed record PendingTunnel(string Id, TunnelOwner Owner, IEventSink Sink, NodeLease? Lease = null);

/// <summary>Tunnels that wait for their phones at the only node.</summary>
internal sealed class PendingTunnels(IOptions<TunnelServerOptions> options, TimeProvider time)
{
    /// <summary>How many tunnels of one app may wait for their phones.</summary>
    public const int MaxPerOwner = 20_000;

    private readonly ConcurrentDictionary<string, Waiting> _waiting = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<TunnelOwner, int> _counts = new();
    private readonly TimeSpan _lifetime = options.Value.TicketLifetime;

    /// <summary>A new tunnel; null when the owner has too many that wait.</summary>
    public TunnelTicket? Add(TunnelRoute route)
    {
        if (_counts.AddOrUpdate(route.Owner, 1, static (_, count) => count + 1) > MaxPerOwner)
        {
            Forget(route.Owner);
            return null;
        }

        var ticket = TunnelTicket.Next();
        _waiting[ticket.Id] = new Waiting(ticket, route, time.GetTimestamp());
        return ticket;
    }

    /// <summary>Spends a ticket: of any number of simultaneous callers one gets the tunnel. A wrong ticket spends nothing.</summary>
    public PendingTunnel? Claim(string id, string ticket)
    {
        if (!_waiting.TryGetValue(id, out var waiting) || !Secrets.Same(waiting.Ticket.Ticket, ticket) || HasExpired(waiting) || !Remove(id, waiting))
            return null;
        return new PendingTunnel(id, waiting.Route.Owner, waiting.Route.Sink);
    }

    public void RemoveExpired()
    {
        foreach (var (id, waiting) in _waiting)
        {
            if (HasExpired(waiting))
                Remove(id, waiting);
        }
    }

    private bool Remove(string id, Waiting waiting)
    {
        if (!_waiting.TryRemove(id, out _))
            return false;
        Forget(waiting.Route.Owner);
        return true;
    }

    private void Forget(TunnelOwner owner) => _counts.AddOrUpdate(owner, 0, static (_, count) => count - 1);

    private bool HasExpired(Waiting waiting) => time.GetElapsedTime(waiting.GrantedAt) >= _lifetime;

    private sealed record Waiting(TunnelTicket Ticket, TunnelRoute Route, long GrantedAt);
}
