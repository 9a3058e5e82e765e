namespace Weapp.Generated.Compliance;

/// <summary>Every kind of method that a client interface may have.</summary>
[TunnelClient]
public interface IRoomClient : IPresenceClient
{
    /// <summary>A content that the phone may read.</summary>
    /// <param name="content">The content.</param>
    /// <param name="cancellationToken">Gives up.</param>
    [TunnelMessage("speak")]
    ValueTask<EmitResult> Speak(Spoken content, CancellationToken cancellationToken = default);

    /// <summary>A value, a null, a collection.</summary>
    /// <param name="content">The content.</param>
    [TunnelMessage("places")]
    Task<EmitResult> Places(IReadOnlyList<Place?>? content);

    /// <summary>A content with every kind of member.</summary>
    /// <param name="content">The content.</param>
    [TunnelMessage("everything")]
    ValueTask<EmitResult> Everything(Everything content);

    /// <summary>No content.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    [TunnelMessage("clear")]
    Task<EmitResult> Clear(CancellationToken cancellationToken);
}

/// <summary>An interface that others extend.</summary>
[TunnelClient]
public interface IPresenceClient
{
    /// <summary>No content, no token.</summary>
    [TunnelMessage("here")]
    ValueTask<EmitResult> Here();
}

/// <summary>An interface that sends nothing yet.</summary>
[TunnelClient]
internal interface IQuietClient;
