using Microsoft.Extensions.Logging;
using Weapp.Protocol.Packets;
using Weapp.TunnelServer.Diagnostics;

namespace Weapp.TunnelServer.Delivery;

/// <summary>Says each kind of trouble with an app's events once, until events have gone well for a while.</summary>
internal sealed class AppTroubles(string app, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan Calm = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private volatile DeliveryTrouble _said;
    private long _last;
    private int _count;

    /// <summary>An event failed and will be tried again.</summary>
    public void Failing(string tunnelId, PacketType type, string reason)
    {
        if (IsNews(DeliveryTrouble.Failing))
            TunnelServerLog.DeliveryFailing(logger, app, TunnelServerLog.Short(tunnelId), type, reason);
    }

    /// <summary>The app refused an event.</summary>
    public void Refused(string tunnelId, PacketType type, string reason)
    {
        if (IsNews(DeliveryTrouble.Refused))
            TunnelServerLog.DeliveryRefused(logger, app, TunnelServerLog.Short(tunnelId), type, reason);
    }

    /// <summary>An event was tried too often.</summary>
    public void Exhausted(string tunnelId, PacketType type, int attempts, string reason)
    {
        if (IsNews(DeliveryTrouble.Exhausted))
            TunnelServerLog.DeliveryExhausted(logger, app, TunnelServerLog.Short(tunnelId), type, attempts, reason);
    }

    /// <summary>An event was taken.</summary>
    public void Accepted()
    {
        if (_said == DeliveryTrouble.None)
            return;
        lock (_gate)
        {
            if (_said == DeliveryTrouble.None || time.GetElapsedTime(_last) < Calm)
                return;
            TunnelServerLog.DeliveryRecovered(logger, app, _count);
            _said = DeliveryTrouble.None;
            _count = 0;
        }
    }

    private bool IsNews(DeliveryTrouble trouble)
    {
        lock (_gate)
        {
            _last = time.GetTimestamp();
            _count++;
            if ((_said & trouble) != 0)
                return false;
            _said |= trouble;
            return true;
        }
    }

    [Flags]
    private enum DeliveryTrouble
    {
        None = 0,
        Failing = 1,
        Refused = 2,
        Exhausted = 4,
    }
}
