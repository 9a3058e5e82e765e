using Weapp.TunnelServer.Nodes;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the tunnel server's health check.</summary>
public static class TunnelServerHealthChecksBuilderExtensions
{
    /// <summary>
    /// Adds a check that is unhealthy until a node of several has reached Redis (<c>TunnelServer:Redis</c>), and degraded while it is out of touch later.
    /// The only node is always healthy.
    /// </summary>
    /// <param name="builder">The app's health checks.</param>
    /// <param name="name">The check's name.</param>
    public static IHealthChecksBuilder AddTunnelServer(this IHealthChecksBuilder builder, string name = "tunnel server")
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddCheck<NodeHealthCheck>(name);
    }
}
