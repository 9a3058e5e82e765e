using System.ComponentModel;

namespace Weapp;

/// <summary>Makes the typed clients of an interface. Written by the generator.</summary>
/// <typeparam name="TClient">The interface.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class TunnelClientFactory<TClient>
    where TClient : class
{
    /// <summary>Makes a client.</summary>
    /// <param name="sender">Where it sends to.</param>
    public abstract TClient Create(ITunnelSender sender);
}
