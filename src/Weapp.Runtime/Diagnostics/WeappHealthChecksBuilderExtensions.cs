using Microsoft.Extensions.Diagnostics.HealthChecks;
using Weapp.Diagnostics;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds Weapp to an app's health checks.</summary>
public static class WeappHealthChecksBuilderExtensions
{
    /// <summary>Checks that the tunnel server and the session server answer, where they are outside of the app; within <c>Weapp:NetworkTimeout</c>.</summary>
    /// <param name="builder">The app's health checks.</param>
    /// <param name="name">The check's name.</param>
    /// <param name="failureStatus">What a server out of reach means; null for unhealthy.</param>
    /// <param name="tags">The check's tags.</param>
    public static IHealthChecksBuilder AddWeapp(
        this IHealthChecksBuilder builder, string name = "weapp", HealthStatus? failureStatus = null, IEnumerable<string>? tags = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddCheck<WeappHealthCheck>(name, failureStatus, tags ?? []);
    }
}
