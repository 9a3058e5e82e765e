using Weapp.Protocol.Packets;

namespace Weapp.TunnelServer.Delivery;

/// <summary>
/// One tunnel's events on their way to the app: connect first, messages in order, close last and once; one in flight.
/// It needs no task while nothing waits.
/// </summary>
internal sealed class EventQueue : IThreadPoolWorkItem
{
    private readonly Lock _gate = new();
    private readonly Queue<TunnelEvent> _events = new(1);
    private readonly TunnelServerOptions _limits;
    private readonly Func<TunnelEvent, ValueTask<bool>> _deliver;
    private readonly Action _finished;
    private TaskCompletionSource? _room;
    private long _lastSeq;
    private bool _delivering = true;
    private int _bytes;
    private bool _closed;

    /// <summary>Makes a queue with the connect event in it; nothing is delivered before <see cref="Start"/>.</summary>
    /// <param name="limits">How much may wait before <see cref="AddMessageAsync"/> makes its caller wait.</param>
    /// <param name="deliver">Delivers an event; false drops the messages behind it. It has closed the queue then.</param>
    /// <param name="finished">Called once, after the close event.</param>
    public EventQueue(TunnelServerOptions limits, Func<TunnelEvent, ValueTask<bool>> deliver, Action finished)
    {
        _limits = limits;
        _deliver = deliver;
        _finished = finished;
        Add(PacketType.Connect, default);
    }

    private bool IsFull => _events.Count >= _limits.EventQueueLength || _bytes >= _limits.EventQueueBytes;

    // The pool and not the caller's thread: an app's handler must hold up neither the socket's reader nor the sweep.
    public void Start() => ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);

    /// <summary>Takes a message at once, and ends when there is room for another.</summary>
    public Task AddMessageAsync(ReadOnlyMemory<byte> content)
    {
        var start = false;
        var room = Task.CompletedTask;
        lock (_gate)
        {
            if (_closed)
                return room;
            Add(PacketType.Message, content);
            _bytes += content.Length;
            (start, _delivering) = (!_delivering, true);
            if (IsFull)
                room = (_room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }

        if (start)
            Start();
        return room;
    }

    /// <summary>Takes the close event, and no event after it.</summary>
    public void Close()
    {
        bool start;
        lock (_gate)
        {
            if (_closed)
                return;
            _closed = true;
            Add(PacketType.Close, default);
            (start, _delivering) = (!_delivering, true);
            GiveRoom();
        }

        if (start)
            Start();
    }

    void IThreadPoolWorkItem.Execute() => _ = DeliverAllAsync();

    private async Task DeliverAllAsync()
    {
        while (TryPeek(out var next))
        {
            var delivered = await _deliver(next);
            if (next.Type == PacketType.Close)
            {
                _finished();
                return;
            }

            lock (_gate)
            {
                do
                    _bytes -= _events.Dequeue().Content.Length;
                while (!delivered && _events.TryPeek(out var waiting) && waiting.Type != PacketType.Close);
                GiveRoom();
            }
        }
    }

    private void Add(PacketType type, ReadOnlyMemory<byte> content) => _events.Enqueue(new TunnelEvent(type, content, ++_lastSeq));

    private bool TryPeek(out TunnelEvent next)
    {
        lock (_gate)
            return _delivering = _events.TryPeek(out next);
    }

    private void GiveRoom()
    {
        if (_room is null || (!_closed && IsFull))
            return;
        _room.SetResult();
        _room = null;
    }
}
