using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;

namespace Weapp;

/// <summary>Adds parts to Weapp.</summary>
public interface IWeappBuilder
{
    /// <summary>The app's services.</summary>
    IServiceCollection Services { get; }

    /// <summary>Adds a tunnel handler, to be mapped with <c>MapWeappTunnel</c>.</summary>
    /// <typeparam name="THandler">A partial class with <see cref="TunnelHandlerAttribute"/>.</typeparam>
    /// <param name="lifetime">Scoped: a scope for each event. Singleton: one handler for all events, without scopes.</param>
    IWeappBuilder AddHandler<THandler>(ServiceLifetime lifetime = ServiceLifetime.Scoped)
        where THandler : class, ITunnelHandler<THandler>;

    /// <summary>Adds a filter around the calls of all handlers.</summary>
    /// <typeparam name="TFilter">The filter: taken from an event's services, or made from them.</typeparam>
    IWeappBuilder AddFilter<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TFilter>()
        where TFilter : class, ITunnelFilter;
}
