using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Weapp;
using Weapp.Configuration;
using Weapp.Contents;
using Weapp.Diagnostics;
using Weapp.Login;
using Weapp.Outbound;
using Weapp.Rooms;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds Weapp to an app.</summary>
public static class WeappServiceCollectionExtensions
{
    /// <summary>Adds login and tunnels, configured by a section: <c>builder.Configuration.GetSection("Weapp")</c>.</summary>
    /// <param name="services">The app's services.</param>
    /// <param name="configuration">Holds the members of <see cref="WeappOptions"/>.</param>
    public static IWeappBuilder AddWeapp(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configuration);
        services.AddOptions<WeappOptions>().Bind(configuration);
        return AddWeapp(services);
    }

    /// <summary>Adds login and tunnels, configured in code. May be called more than once.</summary>
    /// <param name="services">The app's services.</param>
    /// <param name="configure">Sets options.</param>
    public static IWeappBuilder AddWeapp(this IServiceCollection services, Action<WeappOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        services.Configure(configure);
        return AddWeapp(services);
    }

    private static WeappBuilder AddWeapp(IServiceCollection services)
    {
        services.AddOptions<WeappOptions>().ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<WeappOptions>, WeappOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<WeappMetrics>();
        services.TryAddSingleton<ContentSerialization>();
        services.TryAddSingleton<TunnelDirectory>();
        services.TryAddSingleton<ITunnelDirectory>(static provider => provider.GetRequiredService<TunnelDirectory>());
        TunnelServerClient.AddServices(services);
        services.TryAddSingleton<TunnelServerSource>();
        services.TryAddSingleton<MessagePusher>();
        services.TryAddSingleton<ITunnels, Tunnels>();
        services.TryAddSingleton(typeof(ITunnels<>), typeof(Tunnels<>));
        LoginServices.AddLogin(services);
        return new WeappBuilder(services);
    }
}
