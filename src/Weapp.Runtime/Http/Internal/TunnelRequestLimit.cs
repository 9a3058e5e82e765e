using System.Threading.RateLimiting;

namespace Weapp.Http;

/// <summary>How many tunnels a user may ask for. Without it, one phone could use up all that the tunnel server grants to the app.</summary>
internal sealed class TunnelRequestLimit(int perSecond, int burst) : IDisposable
{
    private readonly PartitionedRateLimiter<string> _limiter = PartitionedRateLimiter.Create<string, string>(openId =>
        RateLimitPartition.GetTokenBucketLimiter(openId, _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = burst,
            TokensPerPeriod = perSecond,
            ReplenishmentPeriod = TimeSpan.FromSeconds(1),
            AutoReplenishment = false,
        }));

    /// <summary>Counts a request.</summary>
    public bool IsWithinLimit(string openId)
    {
        using var lease = _limiter.AttemptAcquire(openId);
        return lease.IsAcquired;
    }

    public void Dispose() => _limiter.Dispose();
}
