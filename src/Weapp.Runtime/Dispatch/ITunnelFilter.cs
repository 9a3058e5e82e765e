namespace Weapp;

/// <summary>Runs around the calls of handlers: for all handlers by <c>AddWeapp(…).AddFilter</c>, for one by <see cref="TunnelEndpointOptions.AddFilter"/>.</summary>
/// <remarks>
/// A filter is taken from the event's services, or made from them where it is not registered. Those for all handlers are the outer ones, and of each
/// kind the one that was added first. An exception of a filter counts as one of the handler.
/// </remarks>
public interface ITunnelFilter
{
    /// <summary>Does what is to be done around a call.</summary>
    /// <param name="tunnel">The tunnel and its event.</param>
    /// <param name="next">The next filter, or the handler. Where it is not called, the handler does not hear of the event.</param>
    ValueTask InvokeAsync(TunnelContext tunnel, Func<TunnelContext, ValueTask> next);
}
