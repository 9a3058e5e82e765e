using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Weapp.Protocol.Frames;
using Weapp.Protocol.Packets;
using Weapp.TunnelServer.Delivery;
using Weapp.TunnelServer.Diagnostics;
using Weapp.TunnelServer.Nodes;

namespace Weapp.TunnelServer.Tunnels;

/// <summary>The tunnels of this process: a tunnel in <c>_open</c> is valid, any other is not.</summary>
internal sealed class TunnelHub(
    IOptions<TunnelServerOptions> options, ITunnelNodes nodes, EventDelivery delivery, TunnelDrain drain, TunnelServerMetrics metrics, TimeProvider time, ILoggerFactory loggers)
{
    private readonly ILogger _logger = loggers.CreateLogger(TunnelServerLog.Category);
    private readonly ConcurrentDictionary<string, Tunnel> _open = new(StringComparer.Ordinal);
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Phones that are about to have a tunnel, tunnels whose close event is still to be delivered, and one that stands for the running server.
    private int _unfinished = 1;
    private bool _stopping;

    public TunnelServerOptions Options { get; } = options.Value;

    public TimeProvider Time => time;

    public TunnelServerMetrics Metrics => metrics;

    public TimeSpan IdleTimeout { get; } = options.Value.EffectiveIdleTimeout;

    public ReadOnlyMemory<byte> TimeoutFrame { get; } = TunnelFrame.Timeout(options.Value.PingInterval);

    public bool IsStopping => Volatile.Read(ref _stopping);

    /// <summary>Lets a phone in that comes with a ticket. It is followed by <see cref="Finished"/>, or by <see cref="Left"/> where nothing comes of it.</summary>
    public bool TryEnter()
    {
        if (IsStopping)
            return false;
        for (var seen = Volatile.Read(ref _unfinished); seen > 0;)
        {
            var before = Interlocked.CompareExchange(ref _unfinished, seen + 1, seen);
            if (before == seen)
                return true;
            seen = before;
        }

        return false;
    }

    public void Left()
    {
        if (Interlocked.Decrement(ref _unfinished) == 0)
            _drained.TrySetResult();
    }

    public void Opened(Tunnel tunnel)
    {
        _open[tunnel.Id] = tunnel;
        metrics.Opened();
        TunnelServerLog.Connected(_logger, TunnelServerLog.Short(tunnel.Id));
        if (IsStopping)
            tunnel.End(TunnelEnd.Stopping);
        else if (!tunnel.IsHeld)
            tunnel.End(TunnelEnd.Fenced);
    }

    public void Closing(Tunnel tunnel, TunnelEnd end)
    {
        _open.TryRemove(tunnel.Id, out _);
        metrics.Ended(end);
        TunnelServerLog.Ended(_logger, TunnelServerLog.Short(tunnel.Id), end.Reason);
    }

    public void Finished(Tunnel tunnel)
    {
        // Otherwise it stays for another node to find.
        if (tunnel.IsReported)
            nodes.Release(tunnel.Grant);
        Left();
    }

    public bool Holds(string id) => _open.ContainsKey(id);

    /// <summary>Ends the tunnels that were held under a lease which is lost.</summary>
    public void Fence(NodeLease lease)
    {
        foreach (var (_, tunnel) in _open)
        {
            if (tunnel.Grant.Lease == lease)
                tunnel.End(TunnelEnd.Fenced);
        }
    }

    /// <summary>Sends a packet to the owner's tunnels, each once, and names the ids that are no open tunnel of the owner.</summary>
    /// <param name="owner">Who pushes.</param>
    /// <param name="packet">The packet.</param>
    /// <param name="call">The call: whoever has had it is not sent it again.</param>
    /// <param name="outcome">Takes the invalid ids.</param>
    public void Push(TunnelOwner owner, in PushPacket packet, in CallRecord call, PushOutcome outcome)
    {
        byte[]? frame = null;
        var seen = packet.TunnelIds.Count > 1 ? new HashSet<string>(packet.TunnelIds.Count, StringComparer.Ordinal) : null;
        foreach (var id in packet.TunnelIds)
        {
            if (seen?.Add(id) == false)
                continue;
            var taken = _open.TryGetValue(id, out var tunnel)
                && tunnel.Owner == owner
                && tunnel.IsHeld
                && (call.Had(id) || (packet.Type == PacketType.Message ? tunnel.Push(frame ??= MessageFrame(packet.Content.Span)) : tunnel.End(TunnelEnd.AppClosed)));
            if (taken)
                outcome.AddTaken(1);
            else
                outcome.AddInvalid(id);
        }
    }

    public async ValueTask<DeliveryVerdict> DeliverAsync(Tunnel tunnel, IEventSink sink, TunnelEvent tunnelEvent)
    {
        try
        {
            return await delivery.DeliverAsync(tunnel.Id, sink, tunnelEvent);
        }
        catch (Exception exception)
        {
            TunnelServerLog.DeliveryBroken(_logger, TunnelServerLog.Short(tunnel.Id), exception);
            return DeliveryVerdict.Refused;
        }
    }

    /// <summary>Ends silent tunnels and forgets unused tickets.</summary>
    public void Sweep()
    {
        try
        {
            nodes.Sweep();
            foreach (var (_, tunnel) in _open)
                tunnel.Sweep();
        }
        catch (Exception exception)
        {
            TunnelServerLog.SweepFailed(_logger, exception);
        }
    }

    /// <summary>Refuses new tunnels and begins to close those that are open. The web server waits for their sockets before it stops.</summary>
    public void Stop()
    {
        if (Interlocked.Exchange(ref _stopping, true))
            return;
        delivery.Hurry();
        TunnelServerLog.Stopping(_logger, _open.Count);
        drain.Start(_open.Values);
    }

    /// <summary>Waits until every close event has been delivered, or until there is no more time.</summary>
    public async Task DrainAsync(CancellationToken cancellationToken)
    {
        if (Interlocked.Decrement(ref _unfinished) == 0)
            return;
        try
        {
            await _drained.Task.WaitAsync(drain.Limit, time, cancellationToken);
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            TunnelServerLog.StoppedUndelivered(_logger, Volatile.Read(ref _unfinished));
            delivery.GiveUp();
        }
    }

    private static byte[] MessageFrame(ReadOnlySpan<byte> content)
    {
        var frame = new byte[MessagePrefix.Length + content.Length];
        MessagePrefix.CopyTo(frame);
        content.CopyTo(frame.AsSpan(MessagePrefix.Length));
        return frame;
    }

    private static ReadOnlySpan<byte> MessagePrefix => "message:"u8;
}
