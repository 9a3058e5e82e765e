using System.Net.WebSockets;
using Microsoft.AspNetCore.Http.Features;
using Weapp.Protocol.Frames;
using Weapp.Protocol.Packets;
using Weapp.TunnelServer.Delivery;

namespace Weapp.TunnelServer.Tunnels;

/// <summary>One connected phone. Whoever ends it first says why; everything after that is only about letting go.</summary>
internal sealed class Tunnel : IEventSource
{
    // How long frames that wait may take to reach the phone when a tunnel ends.
    private static readonly TimeSpan FlushLimit = TimeSpan.FromSeconds(10);

    // How long the phone may take to answer the close frame; without the wait it would often see a reset instead.
    private static readonly TimeSpan GoodbyeLimit = TimeSpan.FromSeconds(2);

    private readonly TunnelHub _hub;
    private readonly PendingTunnel _grant;
    private readonly WebSocket _socket;
    private readonly PhoneStream _connection;
    private readonly IHttpRequestLifetimeFeature _request;
    private readonly SendQueue _out;
    private readonly EventQueue _events;
    private TunnelEnd? _end;
    private ITimer? _deadline;
    private long _lastSeen;
    private bool _waitsForApp;

    /// <param name="hub">The tunnels of this process.</param>
    /// <param name="grant">What was granted.</param>
    /// <param name="socket">The phone; the caller disposes of it.</param>
    /// <param name="connection">What the socket reads from.</param>
    /// <param name="request">Tears the connection down, so that pending reads and writes end.</param>
    public Tunnel(TunnelHub hub, PendingTunnel grant, WebSocket socket, PhoneStream connection, IHttpRequestLifetimeFeature request)
    {
        _hub = hub;
        _grant = grant;
        _socket = socket;
        _connection = connection;
        _request = request;
        _lastSeen = hub.Time.GetTimestamp();
        connection.Tunnel = this;
        _out = new SendQueue(socket, request, hub.Options, hub.Time);
        _events = new EventQueue(hub.Options, grant.Sink.App.Backlog, this);
    }

    public string Id => _grant.Id;

    public TunnelOwner Owner => _grant.Owner;

    public PendingTunnel Grant => _grant;

    /// <summary>Whether this node may send to the phone, and not another one has spoken for it already.</summary>
    public bool IsHeld => _grant.Lease is not { IsHeld: false };

    /// <summary>Whether the close event is delivered, or never will be.</summary>
    public bool IsReported { get; private set; }

    /// <summary>Serves the phone until its socket can be disposed of. Events may still be on their way then.</summary>
    public async Task RunAsync()
    {
        using var reader = new FrameReader(_socket, _hub.Options.MaxFrameBytes);
        try
        {
            _out.TrySend(_hub.TimeoutFrame);
            _hub.Opened(this);
            _events.Start();
            FrameKind kind;
            do
            {
                kind = await reader.ReadAsync();
                if (kind == FrameKind.Text)
                    await TakeAsync(reader.Text);
                else if (EndAfter(kind) is { } end)
                    End(end);
            }
            while (kind is FrameKind.Text or FrameKind.TooBig or FrameKind.Binary);
            if (kind == FrameKind.Invalid)
                await _connection.DrainAsync();
        }
        finally
        {
            End(TunnelEnd.Lost);
            await _out.Completed;
            if (_deadline is not null)
                await _deadline.DisposeAsync();
        }
    }

    /// <summary>Queues a frame for the phone; false when the tunnel has ended.</summary>
    public bool Push(ReadOnlyMemory<byte> frame)
    {
        var result = _out.TrySend(frame);
        if (result == SendResult.Overflow)
            End(TunnelEnd.Slow);
        else if (result == SendResult.Taken)
            _hub.Metrics.FrameWent();
        return result == SendResult.Taken;
    }

    /// <summary>Ends the tunnel: its id is invalid from now on, and the close event follows the events that wait. The first call counts.</summary>
    public bool End(TunnelEnd end)
    {
        if (Interlocked.CompareExchange(ref _end, end, null) is not null)
            return false;
        _hub.Closing(this, end);
        _events.Close();
        if (end.Status is null)
            _request.Abort();
        else
            _deadline = _hub.Time.CreateTimer(static tunnel => ((Tunnel)tunnel!)._request.Abort(), this, end.Flushes ? FlushLimit : GoodbyeLimit, Timeout.InfiniteTimeSpan);
        _out.Complete(end, () => _deadline?.Change(GoodbyeLimit, Timeout.InfiniteTimeSpan));
        return true;
    }

    /// <summary>Ends the tunnel if its phone is silent or does not read.</summary>
    public void Sweep()
    {
        if (_out.IsStalled(_hub.Options.SendTimeout))
            End(TunnelEnd.Slow);
        else if (!Volatile.Read(ref _waitsForApp) && _hub.Time.GetElapsedTime(Volatile.Read(ref _lastSeen)) >= _hub.IdleTimeout)
            End(TunnelEnd.Silent);
    }

    private Task TakeAsync(ReadOnlyMemory<byte> frame)
    {
        if (_end is not null)
            return Task.CompletedTask;
        Volatile.Write(ref _lastSeen, _hub.Time.GetTimestamp());
        var type = TunnelFrame.Read(frame.Span, out var content);
        _hub.Metrics.FrameCame(type);
        switch (type)
        {
            case FrameType.Ping:
                Push(TunnelFrame.Pong);
                return Task.CompletedTask;
            case FrameType.Message:
                var room = _events.AddMessageAsync(content.ToArray());
                return room.IsCompleted ? room : WaitForAppAsync(room);
            case FrameType.Close:
                End(TunnelEnd.PhoneClosed);
                return Task.CompletedTask;
            default:
                return Task.CompletedTask;
        }
    }

    // Nothing is read from the phone meanwhile, so it is not its fault that nothing comes, nor that much comes afterwards.
    private async Task WaitForAppAsync(Task room)
    {
        var since = _hub.Time.GetTimestamp();
        Volatile.Write(ref _waitsForApp, true);
        await room;
        var now = _hub.Time.GetTimestamp();
        _connection.Pause(now - since);
        Volatile.Write(ref _lastSeen, now);
        Volatile.Write(ref _waitsForApp, false);
    }

    async ValueTask<bool> IEventSource.DeliverAsync(TunnelEvent tunnelEvent)
    {
        var verdict = await _hub.DeliverAsync(this, _grant.Sink, tunnelEvent);
        if (tunnelEvent.Type == PacketType.Close)
            IsReported = verdict != DeliveryVerdict.GivenUp;
        else if (verdict != DeliveryVerdict.Accepted)
            End(EndAfter(verdict));
        return verdict == DeliveryVerdict.Accepted;
    }

    void IEventSource.Finished() => _hub.Finished(this);

    private static TunnelEnd? EndAfter(FrameKind kind) => kind switch
    {
        FrameKind.TooBig => TunnelEnd.TooBig,
        FrameKind.Binary => TunnelEnd.Binary,
        FrameKind.Close => TunnelEnd.PhoneClosed,
        FrameKind.Invalid => TunnelEnd.ProtocolError,
        _ => null,
    };

    private TunnelEnd EndAfter(DeliveryVerdict verdict) => verdict switch
    {
        DeliveryVerdict.Refused => TunnelEnd.Refused,
        DeliveryVerdict.GivenUp => IsHeld ? TunnelEnd.Stopping : TunnelEnd.Fenced,
        _ => TunnelEnd.Unreachable,
    };
}
