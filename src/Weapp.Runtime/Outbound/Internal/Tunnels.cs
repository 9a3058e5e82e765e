namespace Weapp.Outbound;

/// <summary>Untyped sending: a message type and any content.</summary>
internal sealed class Tunnels(MessagePusher pusher) : ITunnels
{
    public ValueTask<EmitResult> EmitAsync(string tunnelId, string messageType, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(tunnelId);
        return pusher.SendAsync([tunnelId], new OutboundMessage(messageType), cancellationToken);
    }

    public ValueTask<EmitResult> EmitAsync<T>(string tunnelId, string messageType, T content, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(tunnelId);
        return pusher.SendAsync([tunnelId], new OutboundMessage<T>(messageType, pusher.ContentOptions), content, cancellationToken);
    }

    public ValueTask<EmitResult> BroadcastAsync<T>(IEnumerable<string> tunnelIds, string messageType, T content, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(tunnelIds);
        return pusher.SendAsync(
            tunnelIds as IReadOnlyCollection<string> ?? [.. tunnelIds],
            new OutboundMessage<T>(messageType, pusher.ContentOptions),
            content,
            cancellationToken);
    }

    public ValueTask<EmitResult> CloseAsync(string tunnelId, CancellationToken cancellationToken) => pusher.CloseAsync(tunnelId, cancellationToken);
}
