namespace Weapp.TunnelServer.Nodes;

/// <summary>
/// The right to hold tunnels under one node id, for a while after Redis was last told that the node lives. The clock is the process's own, and runs on
/// while the process is stopped. A lease that was lost stays lost: the node goes on under another.
/// </summary>
internal sealed class NodeLease : IDisposable
{
    private static readonly TimeSpan ShortestWatch = TimeSpan.FromMilliseconds(1);

    private readonly TimeProvider _time;
    private readonly TimeSpan _length;
    private readonly CancellationTokenSource _lost = new();
    private ITimer? _timer;
    private long _renewed;
    private bool _isJoined;
    private volatile string _epoch = "";

    public NodeLease(string nodeId, TimeSpan length, TimeProvider time)
    {
        (NodeId, _length, _time) = (nodeId, length, time);
        Lost = _lost.Token;
    }

    public string NodeId { get; }

    /// <summary>The epoch of Redis in which its tunnels are entered; empty before it joined.</summary>
    public string Epoch
    {
        get => _epoch;
        set => _epoch = value;
    }

    /// <summary>Is cancelled when the lease is lost.</summary>
    public CancellationToken Lost { get; }

    /// <summary>Whether this node may act for its tunnels, now.</summary>
    public bool IsHeld
    {
        get
        {
            if (!Volatile.Read(ref _isJoined) || Lost.IsCancellationRequested)
                return false;
            if (_time.GetElapsedTime(Volatile.Read(ref _renewed)) < _length)
                return true;
            Lose();
            return false;
        }
    }

    /// <summary>Redis knows that the node lives.</summary>
    /// <param name="since">When it was told so: the time stamp from before the call.</param>
    public void Renewed(long since)
    {
        Volatile.Write(ref _renewed, since);
        Volatile.Write(ref _isJoined, true);
        Watch();
    }

    /// <summary>Another node has taken this one's tunnels over, or may do so.</summary>
    public void Lose() => _ = _lost.CancelAsync();

    public void Dispose()
    {
        _timer?.Dispose();
        _lost.Dispose();
    }

    // A timer may be a little early.
    private void Watch()
    {
        if (!IsHeld)
            return;
        _timer ??= _time.CreateTimer(static lease => ((NodeLease)lease!).Watch(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _timer.Change(Max(_length - _time.GetElapsedTime(Volatile.Read(ref _renewed)), ShortestWatch), Timeout.InfiniteTimeSpan);
    }

    private static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
