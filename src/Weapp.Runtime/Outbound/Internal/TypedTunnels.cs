namespace Weapp.Outbound;

/// <summary>Typed sending: who a client sends to is settled here, what it sends in generated code.</summary>
internal sealed class Tunnels<TClient>(MessagePusher pusher, ITunnelDirectory directory, TunnelClientFactory<TClient> clients) : ITunnels<TClient>
    where TClient : class
{
    public TClient Emit(string tunnelId)
    {
        ArgumentException.ThrowIfNullOrEmpty(tunnelId);
        return clients.Create(new ListSender(pusher, [tunnelId]));
    }

    public TClient Broadcast(IEnumerable<string> tunnelIds)
    {
        ArgumentNullException.ThrowIfNull(tunnelIds);
        return clients.Create(new ListSender(pusher, tunnelIds));
    }

    public TClient Room(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return clients.Create(new LookupSender(pusher, cancellationToken => directory.MembersAsync(name, cancellationToken)));
    }

    public TClient User(string openId)
    {
        ArgumentException.ThrowIfNullOrEmpty(openId);
        return clients.Create(new LookupSender(pusher, cancellationToken => directory.TunnelsOfAsync(openId, cancellationToken)));
    }

    public ValueTask<EmitResult> CloseAsync(string tunnelId, CancellationToken cancellationToken) => pusher.CloseAsync(tunnelId, cancellationToken);

    private sealed class ListSender(MessagePusher pusher, IEnumerable<string> tunnelIds) : ITunnelSender
    {
        public ValueTask<EmitResult> SendAsync<T>(OutboundMessage<T> message, T content, CancellationToken cancellationToken) =>
            pusher.SendAsync(Ids(), message, content, cancellationToken);

        public ValueTask<EmitResult> SendAsync(OutboundMessage message, CancellationToken cancellationToken) =>
            pusher.SendAsync(Ids(), message, cancellationToken);

        private IReadOnlyCollection<string> Ids() => tunnelIds as IReadOnlyCollection<string> ?? [.. tunnelIds];
    }

    private sealed class LookupSender(MessagePusher pusher, Func<CancellationToken, ValueTask<IReadOnlyCollection<string>>> lookup) : ITunnelSender
    {
        public async ValueTask<EmitResult> SendAsync<T>(OutboundMessage<T> message, T content, CancellationToken cancellationToken) =>
            await pusher.SendAsync(await lookup(cancellationToken), message, content, cancellationToken);

        public async ValueTask<EmitResult> SendAsync(OutboundMessage message, CancellationToken cancellationToken) =>
            await pusher.SendAsync(await lookup(cancellationToken), message, cancellationToken);
    }
}
