using Weapp.Protocol.Tunnels;

namespace Weapp.Http;

/// <summary>How far the events of one tunnel have come.</summary>
/// <param name="last">The number of the last event that is done with.</param>
/// <param name="checksSequence">Whether a gap in the numbers is an error.</param>
internal sealed class TunnelHistory(long last, bool checksSequence)
{
    private readonly Lock _lock = new();
    private long _last = last;
    private bool _isClosed;
    private Handling? _event;
    private Handling? _close;
    private Handling? _spare;

    /// <summary>Asks whether an event is to be handled.</summary>
    /// <param name="seq">The event's number; null for a close event whose sender does not know it.</param>
    /// <param name="isClose">Whether it is the close event: it may leave a gap, and none comes after it.</param>
    /// <param name="handling">Where it is to be handled: to be given back to <see cref="End"/>.</param>
    /// <param name="first">Where it is a repeat: what the first one comes to.</param>
    /// <returns>False for an event that is out of order.</returns>
    public bool TryBegin(long? seq, bool isClose, out Handling? handling, out ValueTask<EventReceipt> first)
    {
        handling = null;
        first = new ValueTask<EventReceipt>(EventReceipt.Accepted);
        lock (_lock)
        {
            if (isClose ? _isClosed : seq <= _last)
                return true;
            if ((isClose ? _close : _event) is { } running && (isClose || running.Seq == seq))
            {
                running.Copies ??= new TaskCompletionSource<EventReceipt>(TaskCreationOptions.RunContinuationsAsynchronously);
                first = new ValueTask<EventReceipt>(running.Copies.Task);
                return true;
            }

            if (!isClose && (_isClosed || (checksSequence && seq != _last + 1)))
                return false;
            handling = _spare ?? new Handling();
            _spare = null;
            handling.Seq = seq;
            (isClose ? ref _close : ref _event) = handling;
            return true;
        }
    }

    /// <summary>An event has been handled; one that failed may come again.</summary>
    /// <param name="handling">What <see cref="TryBegin"/> gave.</param>
    /// <param name="receipt">What its sender, and those of its copies, are told.</param>
    public void End(Handling handling, EventReceipt receipt)
    {
        TaskCompletionSource<EventReceipt>? copies;
        lock (_lock)
        {
            var isClose = handling == _close;
            if (receipt == EventReceipt.Accepted && isClose)
                _isClosed = true;
            else if (receipt == EventReceipt.Accepted)
                _last = Math.Max(_last, handling.Seq!.Value);
            if (isClose)
                _close = null;
            else if (handling == _event)
                _event = null;
            copies = handling.Copies;
            if (copies is null)
                _spare = handling;
        }

        copies?.SetResult(receipt);
    }

    /// <summary>An event that is being handled.</summary>
    internal sealed class Handling
    {
        public long? Seq { get; set; }

        /// <summary>Completes for those who have sent the same event meanwhile.</summary>
        public TaskCompletionSource<EventReceipt>? Copies { get; set; }
    }
}
