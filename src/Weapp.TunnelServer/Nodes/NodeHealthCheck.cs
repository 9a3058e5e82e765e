using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Weapp.TunnelServer.Nodes;

/// <summary>
/// Not ready before the node was in touch with Redis. Afterwards it stays ready, for the phones that it holds, and says when it is out of touch.
/// </summary>
internal sealed class NodeHealthCheck(IOptions<TunnelServerOptions> options, NodeState state) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(
        options.Value.Redis is null || state.IsInTouch ? HealthCheckResult.Healthy()
        : state.HasJoined ? HealthCheckResult.Degraded("Redis is out of reach")
        : HealthCheckResult.Unhealthy("Redis has not been reached"));
}
