using System.Net.WebSockets;
using Microsoft.AspNetCore.Http.Features;
using Weapp.Protocol.Frames;

namespace Weapp.TunnelServer.Tunnels;

/// <summary>What became of a frame.</summary>
internal enum SendResult
{
    Taken,
    Closed,
    Overflow,
}

/// <summary>
/// Frames for one phone, in the order in which they were taken. The only writer of its socket, and no task while nothing waits.
/// </summary>
internal sealed class SendQueue(WebSocket socket, IHttpRequestLifetimeFeature request, TunnelServerOptions options, TimeProvider time)
{
    // What a waiting frame costs beside its bytes, so that very short ones have a limit as well.
    private const int FrameOverhead = 16;

    // A longer queue than this is given back once it is empty.
    private const int KeptCapacity = 16;

    private readonly Lock _gate = new();
    private Queue<ReadOnlyMemory<byte>>? _frames;
    private int _bytes;
    private bool _sending;
    private bool _broken;
    private bool _isCompleted;
    private TunnelEnd? _end;
    private Action? _closeSent;
    private TaskCompletionSource? _completed;
    private long _stalledSince;

    /// <summary>Ends when the last frame has been sent, or never can be.</summary>
    public Task Completed
    {
        get
        {
            lock (_gate)
                return _isCompleted ? Task.CompletedTask : (_completed ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    /// <summary>Whether one frame has been waiting for the phone that long.</summary>
    public bool IsStalled(TimeSpan limit)
    {
        var since = Volatile.Read(ref _stalledSince);
        return since != 0 && time.GetElapsedTime(since) >= limit;
    }

    /// <summary>Takes a frame. A frame that finds nothing waiting is taken whatever its size.</summary>
    public SendResult TrySend(ReadOnlyMemory<byte> frame)
    {
        lock (_gate)
        {
            if (_end is not null || _broken)
                return SendResult.Closed;
            var cost = frame.Length + FrameOverhead;
            if (_bytes > 0 && (_bytes + cost > options.SendQueueBytes || _frames?.Count >= options.SendQueueFrames))
                return SendResult.Overflow;
            (_frames ??= new Queue<ReadOnlyMemory<byte>>(1)).Enqueue(frame);
            _bytes += cost;
            if (_sending)
                return SendResult.Taken;
            _sending = true;
        }

        _ = SendAllAsync();
        return SendResult.Taken;
    }

    /// <summary>Takes no more frames, sends what <paramref name="end"/> asks for, and completes. To be called once.</summary>
    /// <param name="end">The end.</param>
    /// <param name="closeSent">Called when the close frame has been sent.</param>
    public void Complete(TunnelEnd end, Action closeSent)
    {
        lock (_gate)
        {
            _end = end;
            _closeSent = closeSent;
            if (!end.Flushes)
                _frames = null;
            if (end.SaysClose && !_broken)
                (_frames ??= new Queue<ReadOnlyMemory<byte>>(1)).Enqueue(TunnelFrame.Close);
            if (_sending)
                return;
            _sending = true;
        }

        _ = SendAllAsync();
    }

    private async Task SendAllAsync()
    {
        var sent = 0;
        TunnelEnd? end;
        try
        {
            while (TryTake(out var frame, out end))
            {
                // The caller's thread sends one frame; a queue that others keep filling must not hold it.
                if (sent++ == 1)
                    await Task.Yield();
                var send = socket.SendAsync(frame, WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
                if (!send.IsCompleted)
                    Volatile.Write(ref _stalledSince, time.GetTimestamp());
                await send;
                Volatile.Write(ref _stalledSince, 0);
                lock (_gate)
                    _bytes -= frame.Length + FrameOverhead;
            }

            if (end is { Status: { } status } && !_broken && socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
            {
                await socket.CloseOutputAsync(status, end.Reason, CancellationToken.None);
                _closeSent?.Invoke();
            }
        }
        catch (WebSocketException exception) when (exception.WebSocketErrorCode == WebSocketError.InvalidState)
        {
            // The reader knows: it has met the end, or bytes after which the WebSocket said goodbye by itself.
            end = Break();
        }
        catch (Exception)
        {
            // Whatever it was, the socket is of no more use; the reader sees the abort and ends the tunnel.
            request.Abort();
            end = Break();
        }

        if (end is not null)
            Finish();
    }

    // False leaves the loop: for good when the end has come, until the next frame otherwise.
    private bool TryTake(out ReadOnlyMemory<byte> frame, out TunnelEnd? end)
    {
        lock (_gate)
        {
            end = _end;
            if (_frames is not null && _frames.TryDequeue(out frame))
                return true;
            frame = default;
            if (_frames?.Capacity > KeptCapacity)
                _frames = null;
            _sending = end is not null;
            return false;
        }
    }

    private void Finish()
    {
        lock (_gate)
        {
            _isCompleted = true;
            _completed?.TrySetResult();
        }
    }

    private TunnelEnd? Break()
    {
        lock (_gate)
        {
            _broken = true;
            _frames = null;
            _sending = _end is not null;
            return _end;
        }
    }
}
