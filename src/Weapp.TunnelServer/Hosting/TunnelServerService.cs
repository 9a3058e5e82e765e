using Microsoft.Extensions.Hosting;
using Weapp.TunnelServer.Tunnels;

namespace Weapp.TunnelServer.Hosting;

/// <summary>Ties the tunnels to the host's life: one timer for all of them, and an orderly end.</summary>
internal sealed class TunnelServerService(TunnelHub hub, TimeProvider time, IHostApplicationLifetime lifetime) : IHostedLifecycleService, IDisposable
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

        _stopping = lifetime.ApplicationStopping.Register(hub.Stop);
        return Task.CompletedTask;
    }

    // Before the web server stops: an app that is given its last events pushes as ever, and the web server's own stop would wait for open sockets.
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _stopped, true))
            return;
        hub.Stop();
        await hub.DrainAsync(cancellationToken);
        Dispose();
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
        _sweep?.Dispose();
        _stopping.Dispose();
    }
}
