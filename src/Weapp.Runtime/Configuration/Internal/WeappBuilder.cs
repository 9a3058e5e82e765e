using Microsoft.Extensions.DependencyInjection;
using Weapp.Dispatch;

namespace Weapp.Configuration;

internal sealed class WeappBuilder(IServiceCollection services) : IWeappBuilder
{
    public IServiceCollection Services => services;

    public IWeappBuilder AddHandler<THandler>(ServiceLifetime lifetime)
        where THandler : class, ITunnelHandler<THandler>
    {
        THandler.ConfigureServices(services, lifetime);
        services.AddSingleton(new HandlerRegistration<THandler>(lifetime));
        return this;
    }
}
