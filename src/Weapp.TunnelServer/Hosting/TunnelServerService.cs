using Microsoft.Extensions.Hosting;
using Weapp.TunnelServer.Tunnels;

namespace Weapp.TunnelServer.Hosting;

/// <summary>Ties the tunnels to the host's life: one timer for all of them, and an orderly end.</summary>
internal sealed class TunnelServerService(TunnelHub hub, TimeProvider time, IHostApplicationLifetime lifetime) : IHostedService, IDisposable
{
    private static readonly TimeSpan LongestPeriod = TimeSpan.FromSeconds(1);

    private ITimer? _sweep;
    private CancellationTokenRegistration _stopping;
    private bool _stopped;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        var period = hub.IdleTimeout / 10;
        if (period > LongestPeriod)
            period = LongestPeriod;
        _sweep = time.CreateTimer(static hub => ((TunnelHub)hub!).Sweep(), hub, period, period);

        // The web server's own stop waits for open sockets, so they must be closed before it begins.
        _stopping = lifetime.ApplicationStopping.Register(hub.Stop);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _stopped, true))
            return;
        hub.Stop();
        await hub.DrainAsync(cancellationToken);
        Dispose();
    }

    public void Dispose()
    {
        _sweep?.Dispose();
        _stopping.Dispose();
    }
}
