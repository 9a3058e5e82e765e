using System.Security.Cryptography;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Weapp.SessionServer.Store;

namespace Weapp.SessionServer.Hosting;

/// <summary>Looks for a session that there cannot be.</summary>
internal sealed class SessionStoreHealthCheck(ISessionStore store) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await store.FindAsync(RandomNumberGenerator.GetBytes(SHA256.HashSizeInBytes), cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (SessionStoreException exception)
        {
            return HealthCheckResult.Unhealthy(exception.Message);
        }
    }
}
