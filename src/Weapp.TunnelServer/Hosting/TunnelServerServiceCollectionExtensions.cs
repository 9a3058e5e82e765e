using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Weapp.Protocol.Tunnels;
using Weapp.TunnelServer;
using Weapp.TunnelServer.Delivery;
using Weapp.TunnelServer.Diagnostics;
using Weapp.TunnelServer.Hosting;
using Weapp.TunnelServer.Http;
using Weapp.TunnelServer.Nodes;
using Weapp.TunnelServer.ReceiveUrls;
using Weapp.TunnelServer.Tunnels;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the tunnel server to an app.</summary>
public static class TunnelServerServiceCollectionExtensions
{
    /// <summary>Adds the tunnel server with options from configuration.</summary>
    /// <param name="services">The app's services.</param>
    /// <param name="section">The section, usually <c>TunnelServer</c>.</param>
    public static IServiceCollection AddTunnelServer(this IServiceCollection services, IConfiguration section)
    {
        ArgumentNullException.ThrowIfNull(section);
        services.AddOptions<TunnelServerOptions>().Bind(section);
        return services.AddTunnelServerCore();
    }

    /// <summary>Adds the tunnel server.</summary>
    /// <param name="services">The app's services.</param>
    /// <param name="configure">Sets options; null for the defaults.</param>
    /// <remarks>The embedded server is then the app's <see cref="ITunnelServer"/>. Phones need <c>MapTunnelServer</c> as well.</remarks>
    public static IServiceCollection AddTunnelServer(this IServiceCollection services, Action<TunnelServerOptions>? configure = null)
    {
        services.AddOptions<TunnelServerOptions>().Configure(configure ?? (static _ => { }));
        return services.AddTunnelServerCore();
    }

    private static IServiceCollection AddTunnelServerCore(this IServiceCollection services)
    {
        services.AddOptions<TunnelServerOptions>().ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<TunnelServerOptions>, TunnelServerOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<PendingTunnels>();
        services.TryAddSingleton<RecentCalls>();
        services.TryAddSingleton<PushRouter>();
        services.AddMetrics();
        services.TryAddSingleton<TunnelServerMetrics>();
        services.TryAddSingleton<EventDelivery>();
        services.TryAddSingleton<AppLinks>();
        services.TryAddSingleton<TunnelDrain>();
        services.TryAddSingleton<HttpReceivers>();
        services.TryAddNodes();
        services.TryAddSingleton<TunnelHub>();
        services.TryAddSingleton<ConnectAddress>();
        services.TryAddSingleton<PhoneOrigin>();
        services.TryAddSingleton<WrongTickets>();
        services.TryAddSingleton<SocketEndpoint>();
        services.TryAddSingleton<TunnelClients>();
        services.TryAddSingleton<PushBudget>();
        services.TryAddSingleton<WsUrlEndpoint>();
        services.TryAddSingleton<PushEndpoint>();
        services.TryAddSingleton<ReceivePolicy>();
        services.TryAddSingleton<HostResolver>(Dns.GetHostAddressesAsync);
        services.TryAddSingleton<VettedConnector>();
        services.TryAddSingleton<HttpEventSender>();
        services.AddEventClient(HttpEventSender.ClientName, HttpEventSender.ConnectionLifetime);
        services.AddEventClient(HttpEventSender.FreshClientName, TimeSpan.Zero);
        services.TryAddSingleton<ITunnelServer, LocalTunnelServer>();
        // Stopped in the opposite order: the node is there until its last tunnel is done with.
        services.AddHostedService<NodeService>();
        services.AddHostedService<TunnelServerService>();
        return services;
    }

    private static void TryAddNodes(this IServiceCollection services)
    {
        services.TryAddSingleton<SingleNode>();
        services.TryAddSingleton<DeploymentKeys>();
        services.TryAddSingleton<RedisLink>();
        services.TryAddSingleton<RedisTunnels>();
        services.TryAddSingleton<NodeState>();
        services.TryAddSingleton<NodeBus>();
        services.TryAddSingleton<HeldTunnels>();
        services.TryAddSingleton<NodePushes>();
        services.TryAddSingleton<RedisNodes>();
        services.TryAddSingleton<NodeReaper>();
        services.TryAddSingleton<NodeUpkeep>();
        services.TryAddSingleton<ITunnelNodes>(static provider =>
            provider.GetRequiredService<IOptions<TunnelServerOptions>>().Value.Redis is null
                ? provider.GetRequiredService<SingleNode>()
                : provider.GetRequiredService<RedisNodes>());
    }

    private static void AddEventClient(this IServiceCollection services, string name, TimeSpan connectionLifetime) => services
        .AddHttpClient(name, static client => client.Timeout = Timeout.InfiniteTimeSpan)
        .UseSocketsHttpHandler((handler, provider) => Configure(handler, provider.GetRequiredService<VettedConnector>(), connectionLifetime))
        .SetHandlerLifetime(Timeout.InfiniteTimeSpan)
        .RemoveAllLoggers();

    // An app's answer must not send the server anywhere else.
    private static void Configure(SocketsHttpHandler handler, VettedConnector connector, TimeSpan connectionLifetime)
    {
        handler.AllowAutoRedirect = false;
        handler.UseCookies = false;
        handler.UseProxy = false;
        handler.ConnectCallback = connector.ConnectAsync;
        handler.ConnectTimeout = HttpEventSender.ConnectTimeout;
        handler.PooledConnectionLifetime = connectionLifetime;
    }
}
