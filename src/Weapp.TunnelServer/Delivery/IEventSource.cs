namespace Weapp.TunnelServer.Delivery;

/// <summary>Whose events an <see cref="EventQueue"/> has.</summary>
internal interface IEventSource
{
    /// <summary>Delivers an event; false drops it and the messages behind it. Whoever ends the tunnel closes the queue, then or a little later.</summary>
    ValueTask<bool> DeliverAsync(TunnelEvent tunnelEvent);

    /// <summary>Called once, after the close event.</summary>
    void Finished();
}
