using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Weapp.TunnelServer.Tunnels;

/// <summary>Closes tunnels when the server stops: at a bounded rate, so that their phones do not come back all at once, and in time.</summary>
internal sealed class TunnelDrain(IOptions<TunnelServerOptions> options, IOptions<HostOptions> host, TimeProvider time) : IDisposable
{
    private const int StepsPerSecond = 10;

    // What is kept for the last goodbyes and the events behind them.
    private const double ShareForClosing = 0.8;
    private const double ShareOfHostTimeout = 5.0 / 6;

    private readonly Lock _gate = new();
    private Queue<Tunnel> _open = new();
    private int _step;
    private ITimer? _timer;

    /// <summary>How long it may take to close the tunnels and to deliver what waits.</summary>
    public TimeSpan Limit
    {
        get
        {
            var most = host.Value.ShutdownTimeout * ShareOfHostTimeout;
            return most <= TimeSpan.Zero || most > options.Value.DrainTimeout ? options.Value.DrainTimeout : most;
        }
    }

    /// <summary>Begins; the first tunnels are closed at once.</summary>
    public void Start(IEnumerable<Tunnel> tunnels)
    {
        lock (_gate)
        {
            _open = new Queue<Tunnel>(tunnels);
            _step = Step(_open.Count);
            _timer = time.CreateTimer(static drain => ((TunnelDrain)drain!).Close(), this, TimeSpan.FromSeconds(1.0 / StepsPerSecond), TimeSpan.FromSeconds(1.0 / StepsPerSecond));
        }

        Close();
    }

    public void Dispose()
    {
        lock (_gate)
            _timer?.Dispose();
    }

    private int Step(int tunnels)
    {
        var rate = Math.Max(options.Value.DrainRate, tunnels / (Limit.TotalSeconds * ShareForClosing));
        return (int)Math.Ceiling(rate / StepsPerSecond);
    }

    private void Close()
    {
        lock (_gate)
        {
            for (var left = _step; left > 0 && _open.TryDequeue(out var tunnel);)
            {
                // One that has gone by itself leaves its place to the next.
                if (tunnel.End(TunnelEnd.Stopping))
                    left--;
            }

            if (_open.Count == 0)
                _timer?.Dispose();
        }
    }
}
