using Weapp.SessionServer.Hosting;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the session server's health check.</summary>
public static class SessionServerHealthChecksBuilderExtensions
{
    /// <summary>Adds a check that is unhealthy while the session store does not answer. It reads, and writes nothing.</summary>
    /// <param name="builder">The app's health checks.</param>
    /// <param name="name">The check's name.</param>
    public static IHealthChecksBuilder AddSessionServer(this IHealthChecksBuilder builder, string name = "session server")
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddCheck<SessionStoreHealthCheck>(name);
    }
}
