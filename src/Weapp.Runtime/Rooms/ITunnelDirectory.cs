namespace Weapp;

/// <summary>Which user holds which tunnel, and who is in which room, so that apps keep no map of their own.</summary>
/// <remarks>
/// It follows the request, connect and close events by itself, and drops the tunnels that a tunnel server reports as gone.
/// A phone that reconnects comes with a new tunnel, so for a moment a user may hold two.
/// </remarks>
public interface ITunnelDirectory
{
    /// <summary>Puts a tunnel into a room; a room is there as long as somebody is in it.</summary>
    /// <param name="tunnelId">The tunnel.</param>
    /// <param name="room">The room's name.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    ValueTask JoinAsync(string tunnelId, string room, CancellationToken cancellationToken = default);

    /// <summary>Takes a tunnel out of a room.</summary>
    /// <param name="tunnelId">The tunnel.</param>
    /// <param name="room">The room's name.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    /// <returns>Whether it was in.</returns>
    ValueTask<bool> LeaveAsync(string tunnelId, string room, CancellationToken cancellationToken = default);

    /// <summary>The tunnels in a room, in no particular order.</summary>
    /// <param name="room">The room's name.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    ValueTask<IReadOnlyCollection<string>> MembersAsync(string room, CancellationToken cancellationToken = default);

    /// <summary>The tunnels that a user holds, in no particular order.</summary>
    /// <param name="openId">The user.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    ValueTask<IReadOnlyCollection<string>> TunnelsOfAsync(string openId, CancellationToken cancellationToken = default);

    /// <summary>The user who holds a tunnel; null where the tunnel is not known or was given out without a login.</summary>
    /// <param name="tunnelId">The tunnel.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    ValueTask<UserInfo?> UserOfAsync(string tunnelId, CancellationToken cancellationToken = default);
}
