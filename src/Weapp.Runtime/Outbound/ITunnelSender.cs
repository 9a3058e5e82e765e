using System.ComponentModel;

namespace Weapp;

/// <summary>Where a typed client sends to, for generated code.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface ITunnelSender
{
    /// <summary>Sends a message with content.</summary>
    /// <typeparam name="T">The content's type.</typeparam>
    /// <param name="message">The message's type and how its content is written.</param>
    /// <param name="content">The content; it is written before the call returns.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    ValueTask<EmitResult> SendAsync<T>(OutboundMessage<T> message, T content, CancellationToken cancellationToken);

    /// <summary>Sends a message without content.</summary>
    /// <param name="message">The message's type.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    ValueTask<EmitResult> SendAsync(OutboundMessage message, CancellationToken cancellationToken);
}
