namespace Weapp;

/// <summary>Sends messages to tunnels. To send typed messages, see <see cref="ITunnels{TClient}"/>.</summary>
/// <remarks>Every method throws <see cref="TunnelException"/> when the tunnel server cannot be reached or says no.</remarks>
public interface ITunnels
{
    /// <summary>Sends a message without content to one tunnel.</summary>
    /// <param name="tunnelId">The tunnel.</param>
    /// <param name="messageType">The message's type.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    ValueTask<EmitResult> EmitAsync(string tunnelId, string messageType, CancellationToken cancellationToken = default);

    /// <summary>Sends a message to one tunnel.</summary>
    /// <typeparam name="T">The content's type.</typeparam>
    /// <param name="tunnelId">The tunnel.</param>
    /// <param name="messageType">The message's type.</param>
    /// <param name="content">The message's content: anything that the app's JSON options can write.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    /// <exception cref="TunnelException">The tunnel server cannot be reached or says no.</exception>
    ValueTask<EmitResult> EmitAsync<T>(string tunnelId, string messageType, T content, CancellationToken cancellationToken = default);

    /// <summary>Sends a message to several tunnels; to none, nothing is sent.</summary>
    /// <typeparam name="T">The content's type.</typeparam>
    /// <param name="tunnelIds">The tunnels.</param>
    /// <param name="messageType">The message's type.</param>
    /// <param name="content">The message's content: anything that the app's JSON options can write. It is written once.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    /// <exception cref="TunnelException">The tunnel server cannot be reached or says no.</exception>
    ValueTask<EmitResult> BroadcastAsync<T>(IEnumerable<string> tunnelIds, string messageType, T content, CancellationToken cancellationToken = default);

    /// <summary>Ends a tunnel: its phone does not come back by itself.</summary>
    /// <param name="tunnelId">The tunnel.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    /// <exception cref="TunnelException">The tunnel server cannot be reached or says no.</exception>
    ValueTask<EmitResult> CloseAsync(string tunnelId, CancellationToken cancellationToken = default);
}

/// <summary>Sends the messages of a <see cref="TunnelClientAttribute"/> interface.</summary>
/// <typeparam name="TClient">The interface; some handler names it with <see cref="TunnelHandlerAttribute{TClient}"/>.</typeparam>
public interface ITunnels<out TClient>
    where TClient : class
{
    /// <summary>Sends to one tunnel.</summary>
    /// <param name="tunnelId">The tunnel.</param>
    TClient Emit(string tunnelId);

    /// <summary>Sends to several tunnels. A message is written once, however many they are; to none, nothing is sent.</summary>
    /// <param name="tunnelIds">The tunnels; looked at when a message is sent.</param>
    TClient Broadcast(IEnumerable<string> tunnelIds);

    /// <summary>Sends to the tunnels that are in a room when the message is sent.</summary>
    /// <param name="name">The room, as given to <see cref="ITunnelDirectory.JoinAsync"/>.</param>
    TClient Room(string name);

    /// <summary>Sends to the tunnels that a user holds when the message is sent.</summary>
    /// <param name="openId">The user.</param>
    TClient User(string openId);

    /// <summary>Ends a tunnel: its phone does not come back by itself.</summary>
    /// <param name="tunnelId">The tunnel.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    /// <exception cref="TunnelException">The tunnel server cannot be reached or says no.</exception>
    ValueTask<EmitResult> CloseAsync(string tunnelId, CancellationToken cancellationToken = default);
}
