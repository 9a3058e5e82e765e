using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Weapp.Dispatch;

namespace Weapp.Configuration;

internal sealed class WeappBuilder(IServiceCollection services) : IWeappBuilder
{
    public IServiceCollection Services => services;

    public IWeappBuilder AddHandler<THandler>(ServiceLifetime lifetime)
        where THandler : class, ITunnelHandler<THandler>
    {
        THandler.ConfigureServices(services, lifetime);
        // As with the handler itself, whoever adds it first sets its lifetime.
        services.TryAddSingleton(new HandlerRegistration<THandler>(lifetime));
        return this;
    }

    public IWeappBuilder AddFilter<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TFilter>()
        where TFilter : class, ITunnelFilter
    {
        services.AddSingleton(TunnelFilterFactory.For<TFilter>());
        return this;
    }
}
