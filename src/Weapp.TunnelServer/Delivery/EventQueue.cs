using Weapp.Protocol.Packets;

namespace Weapp.TunnelServer.Delivery;

/// <summary>
/// One tunnel's events on their way to the app: connect first, messages in order, close last and once; one in flight.
/// It needs no task while nothing waits.
/// </summary>
internal sealed class EventQueue : IThreadPoolWorkItem
{
    private readonly Lock _gate = new();
    private readonly TunnelServerOptions _limits;
    private readonly AppBacklog _backlog;
    private readonly IEventSource _tunnel;
    private Queue<TunnelEvent>? _events = new(1);
    private TaskCompletionSource? _room;
    private Task _roomOfApp = Task.CompletedTask;
    private long _lastSeq;
    private bool _delivering = true;
    private int _bytes;
    private bool _closed;
    private bool _refused;

    /// <summary>Makes a queue with the connect event in it; nothing is delivered before <see cref="Start"/>.</summary>
    /// <param name="limits">How much may wait before <see cref="AddMessageAsync"/> makes its caller wait.</param>
    /// <param name="backlog">What waits for the app from all its tunnels.</param>
    /// <param name="tunnel">Delivers the events.</param>
    public EventQueue(TunnelServerOptions limits, AppBacklog backlog, IEventSource tunnel)
    {
        _limits = limits;
        _backlog = backlog;
        _tunnel = tunnel;
        Add(PacketType.Connect, default);
    }

    private bool IsFull => _events?.Count >= _limits.EventQueueLength || _bytes >= _limits.EventQueueBytes || !_roomOfApp.IsCompleted;

    // The pool and not the caller's thread: an app's handler must hold up neither the socket's reader nor the sweep.
    public void Start() => ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);

    /// <summary>Takes a message at once, and ends when there is room for another.</summary>
    public Task AddMessageAsync(ReadOnlyMemory<byte> content)
    {
        var start = false;
        var room = Task.CompletedTask;
        lock (_gate)
        {
            if (_closed || _refused)
                return room;
            Add(PacketType.Message, content);
            _bytes += content.Length;
            WaitForApp(_backlog.Add(content.Length));
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
            var delivered = await _tunnel.DeliverAsync(next);
            if (next.Type == PacketType.Close)
            {
                _tunnel.Finished();
                return;
            }

            lock (_gate)
            {
                _refused = !delivered;
                Remove(_events!, delivered ? 1 : _events!.Count);
            }
        }
    }

    // Those behind an event that the app will not have are of no use; the close event, which is the last one, stays.
    private void Remove(Queue<TunnelEvent> events, int count)
    {
        var (messages, bytes) = (0, 0);
        for (; count > 0 && events.Peek().Type != PacketType.Close; count--)
        {
            var removed = events.Dequeue();
            messages += removed.Type == PacketType.Message ? 1 : 0;
            bytes += removed.Content.Length;
        }

        _bytes -= bytes;
        if (messages > 0)
            _backlog.Remove(messages, bytes, _refused);
        // Most phones say nothing after they have connected.
        else if (events.Count == 0)
            _events = null;
        GiveRoom();
    }

    private void WaitForApp(Task room)
    {
        if (room.IsCompleted || room == _roomOfApp)
            return;
        _roomOfApp = room;
        room.ContinueWith(
            static (_, queue) =>
            {
                lock (((EventQueue)queue!)._gate)
                    ((EventQueue)queue).GiveRoom();
            },
            this, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    private void Add(PacketType type, ReadOnlyMemory<byte> content) => (_events ??= new Queue<TunnelEvent>(1)).Enqueue(new TunnelEvent(type, content, ++_lastSeq));

    private bool TryPeek(out TunnelEvent next)
    {
        lock (_gate)
        {
            next = default;
            return _delivering = _events?.TryPeek(out next) == true;
        }
    }

    private void GiveRoom()
    {
        if (_room is null || (!_closed && IsFull))
            return;
        _room.SetResult();
        _room = null;
    }
}
