using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Weapp.TunnelServer.Tunnels;

namespace Weapp.TunnelServer.Nodes;

/// <summary>This node's lease, and what it knows about Redis from its last heartbeat.</summary>
internal sealed class NodeState : IDisposable
{
    // Redis's clock has been set forward where it is so many milliseconds further than it can be: leases that look old then may be not.
    private const long ClockStep = 500;

    private readonly TimeProvider _time;
    private readonly TimeSpan _length;
    private readonly ILogger _logger;
    private volatile NodeLease _lease;
    private Seen? _seen;
    private bool _isMissed;

    public NodeState(RedisLink link, IOptions<TunnelServerOptions> options, TimeProvider time, ILoggerFactory loggers)
    {
        (_time, _length) = (time, options.Value.NodeLease);
        _logger = loggers.CreateLogger(NodeLog.Category);
        _lease = NewLease();
        link.Failed += () => Volatile.Write(ref _seen, null);
    }

    /// <summary>What is to happen when a lease is lost.</summary>
    public Action<NodeLease>? Fence { get; set; }

    /// <summary>Asks for a heartbeat at once.</summary>
    public Action? Hurry { get; set; }

    public NodeLease Lease => _lease;

    /// <summary>Whether this node has been in touch with Redis at all.</summary>
    public bool HasJoined { get; private set; }

    public bool IsInTouch => Volatile.Read(ref _seen) is not null && _lease.IsHeld;

    /// <summary>Whether every node that lives has had the time to renew its lease while this one watched.</summary>
    public bool HasWatched => Volatile.Read(ref _seen) is { } seen && _time.GetElapsedTime(seen.Since) >= _length;

    /// <summary>Redis's time in milliseconds is not before this; null out of touch.</summary>
    public long? EarliestNow => Volatile.Read(ref _seen) is { } seen ? seen.Now + Milliseconds(seen.After) : null;

    /// <summary>Redis's time in milliseconds is not after this; null out of touch.</summary>
    public long? LatestNow => Volatile.Read(ref _seen) is { } seen ? seen.Now + Milliseconds(seen.Before) : null;

    /// <summary>
    /// Whether what Redis does not know does not exist: it was not emptied or restarted so recently that a node may still have to enter its tunnels.
    /// </summary>
    /// <param name="epoch">The epoch in which Redis did not know it.</param>
    public bool KnowsAll(string? epoch)
    {
        if (Volatile.Read(ref _seen) is not { } seen || seen.Epoch != epoch)
            return false;
        // An epoch begins in the future where the clock has been set back since.
        return seen.Now + Milliseconds(seen.After) - seen.Born >= (long)_length.TotalMilliseconds || seen.Now < seen.Born;
    }

    /// <summary>A heartbeat was answered, and the tunnels are entered.</summary>
    /// <param name="renewal">The answer.</param>
    /// <param name="before">The time stamp from before the heartbeat.</param>
    public void Renewed(in Renewal renewal, long before)
    {
        var last = Volatile.Read(ref _seen);
        if (last is null)
            NodeLog.InTouch(_logger, _lease.NodeId);
        var since = last is null || last.Epoch != renewal.Epoch || renewal.Now > last.Now + Milliseconds(last.Before) + ClockStep ? before : last.Since;
        HasJoined = true;
        _isMissed = false;
        Volatile.Write(ref _seen, new Seen(renewal.Epoch, renewal.Born, renewal.Now, before, _time.GetTimestamp(), since));
        _lease.Renewed(before);
    }

    /// <summary>A heartbeat failed.</summary>
    public void OutOfTouch(string reason)
    {
        Volatile.Write(ref _seen, null);
        if (!_isMissed)
            NodeLog.OutOfTouch(_logger, reason);
        _isMissed = true;
    }

    /// <summary>A new lease where the last one is lost.</summary>
    public NodeLease Current() => _lease.Lost.IsCancellationRequested ? _lease = NewLease() : _lease;

    public void Dispose() => _lease.Dispose();

    private NodeLease NewLease()
    {
        var lease = new NodeLease(Secrets.Next(), _length, _time);
        lease.Lost.Register(() =>
        {
            NodeLog.Fenced(_logger, lease.NodeId);
            Fence?.Invoke(lease);
        });
        return lease;
    }

    private long Milliseconds(long since) => (long)_time.GetElapsedTime(since).TotalMilliseconds;

    // A heartbeat that was answered: Redis's time was Now between Before and After.
    private sealed record Seen(string Epoch, long Born, long Now, long Before, long After, long Since);
}
