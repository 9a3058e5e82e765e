using System.ComponentModel;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Weapp;
using Weapp.Contents;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers typed clients, for generated code.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class WeappTunnelClientServiceCollectionExtensions
{
    /// <summary>Registers what makes the clients of an interface, where it is not registered yet.</summary>
    /// <typeparam name="TClient">The interface.</typeparam>
    /// <param name="services">The app's services.</param>
    /// <param name="factory">Makes it from the options with which contents are written.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddTunnelClient<TClient>(
        this IServiceCollection services, Func<JsonSerializerOptions, TunnelClientFactory<TClient>> factory)
        where TClient : class
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(factory);
        services.TryAddSingleton<ContentSerialization>();
        services.TryAddSingleton(provider => factory(provider.GetRequiredService<ContentSerialization>().Options));
        return services;
    }
}
