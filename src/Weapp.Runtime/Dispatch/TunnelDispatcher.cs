namespace Weapp;

/// <summary>Takes an event to the right method of a handler. Written by the generator.</summary>
/// <typeparam name="THandler">The handler.</typeparam>
public abstract class TunnelDispatcher<THandler>
    where THandler : class
{
    /// <summary>Calls the method that takes the event, if there is one.</summary>
    /// <param name="handler">The handler.</param>
    /// <param name="e">The event; it must not be used after this method has returned.</param>
    public abstract ValueTask DispatchAsync(THandler handler, TunnelEvent e);
}
