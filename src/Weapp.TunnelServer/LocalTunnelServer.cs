using Weapp.Protocol.Packets;
using Weapp.Protocol.Tunnels;
using Weapp.TunnelServer.Delivery;
using Weapp.TunnelServer.Http;
using Weapp.TunnelServer.Tunnels;

namespace Weapp.TunnelServer;

/// <summary>The tunnel server as the app in the same process sees it: no HTTP, no envelopes, no signatures, the same promises.</summary>
internal sealed class LocalTunnelServer(TunnelHub hub, ConnectAddress address) : ITunnelServer
{
    public ValueTask<TunnelGrant> RequestTunnelAsync(TunnelRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        cancellationToken.ThrowIfCancellationRequested();
        address.RequireMapped();
        if (hub.IsStopping)
            throw new InvalidOperationException("The tunnel server is stopping.");
        var pending = hub.Grant(TunnelOwner.Local, new LocalSink(request.Receiver));
        return ValueTask.FromResult(new TunnelGrant(pending.Id, address.For(pending, request.PublicUrl)));
    }

    public ValueTask<PushResult> PushAsync(PushPacket packet, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(packet.TunnelIds);
        cancellationToken.ThrowIfCancellationRequested();
        switch (packet.Type)
        {
            case PacketType.Message when packet.Content.Length > hub.Options.MaxFrameBytes:
                throw new ArgumentException($"The message is longer than {TunnelServerOptions.Section}:{nameof(TunnelServerOptions.MaxFrameBytes)}.", nameof(packet));
            case PacketType.Message when !packet.Content.Span.StartsWith((byte)'{'):
                // The official client throws on anything else.
                throw new ArgumentException("The content of a message must be the text of a JSON object.", nameof(packet));
            case PacketType.Message or PacketType.Close:
                var invalid = new InvalidIds();
                hub.Push(TunnelOwner.Local, packet, invalid);
                return ValueTask.FromResult(invalid.Ids.Count == 0 ? PushResult.AllValid : new PushResult(invalid.Ids));
            default:
                throw new ArgumentException("Only messages and close packets are pushed.", nameof(packet));
        }
    }
}
