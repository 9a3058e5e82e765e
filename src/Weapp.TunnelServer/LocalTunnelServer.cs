using Weapp.Protocol.Packets;
using Weapp.Protocol.Tunnels;
using Weapp.TunnelServer.Delivery;
using Weapp.TunnelServer.Http;
using Weapp.TunnelServer.Nodes;
using Weapp.TunnelServer.Tunnels;

namespace Weapp.TunnelServer;

/// <summary>The tunnel server as the app in the same process sees it: no HTTP, no envelopes, no signatures, the same promises.</summary>
internal sealed class LocalTunnelServer : ITunnelServer
{
    private readonly TunnelHub _hub;
    private readonly ITunnelNodes _nodes;
    private readonly PushRouter _router;
    private readonly ConnectAddress _address;
    private readonly AppLink _local;

    /// <exception cref="InvalidOperationException">Several nodes are configured.</exception>
    public LocalTunnelServer(TunnelHub hub, ITunnelNodes nodes, PushRouter router, ConnectAddress address, AppLinks apps)
    {
        // What the app keeps of its users and rooms is in one process, but phones would come to any.
        if (hub.Options.Redis is not null)
        {
            throw new InvalidOperationException(
                $"{TunnelServerOptions.Section}:{nameof(TunnelServerOptions.Redis)} is set, but the tunnel server is embedded in the app, and an embedded one is " +
                "alone. Remove the setting; or run the tunnel server on its own (Weapp.Server) and set Weapp:TunnelServerUrl to its address.");
        }

        (_hub, _nodes, _router, _address, _local) = (hub, nodes, router, address, apps.Local);
    }

    public async ValueTask<TunnelGrant> RequestTunnelAsync(TunnelRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        cancellationToken.ThrowIfCancellationRequested();
        _address.RequireMapped();
        if (_hub.IsStopping)
            throw new InvalidOperationException("The tunnel server is stopping.");
        var (ticket, rejection) = await _nodes.GrantAsync(new TunnelRoute(TunnelOwner.Local, new LocalSink(_local, request.Receiver), ReceiveUrl: null), cancellationToken);
        if (ticket is null)
            throw new InvalidOperationException($"The tunnel server grants no tunnel for now: {rejection!.Message}.");
        return new TunnelGrant(ticket.Id, _address.For(ticket, request.PublicUrl));
    }

    public async ValueTask<PushResult> PushAsync(PushPacket packet, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(packet.TunnelIds);
        cancellationToken.ThrowIfCancellationRequested();
        switch (packet.Type)
        {
            case PacketType.Message when packet.Content.Length > _hub.Options.MaxFrameBytes:
                throw new ArgumentException($"The message is longer than {TunnelServerOptions.Section}:{nameof(TunnelServerOptions.MaxFrameBytes)}.", nameof(packet));
            case PacketType.Message when !packet.Content.Span.StartsWith((byte)'{'):
                // The official client throws on anything else.
                throw new ArgumentException("The content of a message must be the text of a JSON object.", nameof(packet));
            case PacketType.Message or PacketType.Close:
                var outcome = new PushOutcome();
                await _router.PushAsync(TunnelOwner.Local, callId: null, [packet], outcome);
                return outcome.ToResult();
            default:
                throw new ArgumentException("Only messages and close packets are pushed.", nameof(packet));
        }
    }
}
