using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Weapp.Protocol.Sessions;
using Weapp.SessionServer;
using Weapp.SessionServer.Hosting;
using Weapp.SessionServer.Http;
using Weapp.SessionServer.Sessions;
using Weapp.SessionServer.Store;
using Weapp.SessionServer.WeChat;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the session server.</summary>
public static class SessionServerServiceCollectionExtensions
{
    /// <summary>Registers the session server; an app in the same process without <c>Weapp:AuthServerUrl</c> uses it.</summary>
    /// <param name="services">The services.</param>
    /// <param name="configuration">The section <c>SessionServer</c>.</param>
    /// <returns><paramref name="services"/>.</returns>
    public static IServiceCollection AddSessionServer(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configuration);
        services.AddOptions<SessionServerOptions>().Bind(configuration);
        return services.AddServer();
    }

    /// <summary>Registers the session server; an app in the same process without <c>Weapp:AuthServerUrl</c> uses it.</summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Sets the options.</param>
    /// <returns><paramref name="services"/>.</returns>
    public static IServiceCollection AddSessionServer(this IServiceCollection services, Action<SessionServerOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        services.AddOptions<SessionServerOptions>().Configure(configure);
        return services.AddServer();
    }

    private static IServiceCollection AddServer(this IServiceCollection services)
    {
        if (services.Any(static service => service.ServiceType == typeof(EmbeddedSessionServer)))
            return services;
        services.AddOptions<SessionServerOptions>().ValidateOnStart();
        services.AddSingleton<IValidateOptions<SessionServerOptions>, SessionServerOptionsValidator>();
        services.AddHttpClient(WeChatHttp.ClientName)
            .ConfigureHttpClient(static client => client.Timeout = Timeout.InfiniteTimeSpan)
            .ConfigurePrimaryHttpMessageHandler(static provider => Options(provider).WeChat.Mode == WeChatMode.Development
                ? new DevelopmentWeChatHandler(provider.GetRequiredService<DevelopmentWeChatApi>())
                : new SocketsHttpHandler
                {
                    AllowAutoRedirect = false,
                    UseCookies = false,
                    PooledConnectionLifetime = TimeSpan.FromMinutes(2),
                })
            // The address of every call has the app secret and a login code in it.
            .RemoveAllLoggers();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<RedisConnection>();
        services.AddSingleton<SqliteSessionStore>();
        services.AddSingleton<RedisSessionStore>();
        services.AddSingleton<MemorySessionStore>();
        services.AddSingleton<ISessionStore>(static provider => Options(provider).Store switch
        {
            SessionStoreKind.Redis => provider.GetRequiredService<RedisSessionStore>(),
            SessionStoreKind.Memory => provider.GetRequiredService<MemorySessionStore>(),
            _ => provider.GetRequiredService<SqliteSessionStore>(),
        });
        services.AddSingleton<SessionKeyVault>();
        services.AddSingleton<WeChatHttp>();
        services.AddSingleton<WeChatClient>();
        services.AddSingleton<AccessTokens>();
        services.AddSingleton<IWeChatAccessTokens>(static provider => provider.GetRequiredService<AccessTokens>());
        services.AddSingleton<DevelopmentWeChat>();
        services.AddSingleton<DevelopmentWeChatApi>();
        services.AddSingleton<SessionFinder>();
        services.AddSingleton<SessionLogin>();
        services.AddSingleton<ISessionKeys, SessionKeys>();
        services.AddSingleton<ISessionImport, SessionImport>();
        services.AddSingleton<EmbeddedSessionServer>();
        services.AddSingleton<ISessionServer>(static provider => provider.GetRequiredService<EmbeddedSessionServer>());
        services.AddSingleton<SessionEndpoint>();
        services.AddSingleton<DevelopmentWeChatEndpoint>();
        services.AddHostedService<SessionServerStart>();
        return services;
    }

    private static SessionServerOptions Options(IServiceProvider provider) => provider.GetRequiredService<IOptions<SessionServerOptions>>().Value;
}
