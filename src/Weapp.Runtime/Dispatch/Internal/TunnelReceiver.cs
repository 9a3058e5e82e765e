using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Weapp.Diagnostics;
using Weapp.Protocol.Packets;
using Weapp.Protocol.Tunnels;
using Weapp.Rooms;

namespace Weapp.Dispatch;

/// <summary>Stage 5: takes events to a handler's methods, whoever brought them.</summary>
internal sealed class TunnelReceiver<THandler> : ITunnelReceiver
    where THandler : class, ITunnelHandler<THandler>
{
    private readonly TunnelDispatcher<THandler> _dispatcher;
    private readonly TunnelSequencer _sequencer = new();
    private readonly TunnelEndpointOptions _options;
    private readonly TunnelDirectory _directory;
    private readonly WeappMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly IServiceProvider _root;
    private readonly IServiceScopeFactory? _scopes;

    public TunnelReceiver(IServiceProvider services, TunnelEndpointOptions options)
    {
        var registration = services.GetService<HandlerRegistration<THandler>>() ?? throw new InvalidOperationException(
            $"{typeof(THandler)} is not registered: add it with services.AddWeapp(…).AddHandler<{typeof(THandler).Name}>().");
        _root = services;
        _options = options;
        _dispatcher = THandler.CreateDispatcher(services.GetRequiredService<ContentSerialization>().Options);
        _directory = services.GetRequiredService<TunnelDirectory>();
        _metrics = services.GetRequiredService<WeappMetrics>();
        _time = services.GetRequiredService<TimeProvider>();
        _logger = services.GetRequiredService<ILoggerFactory>().CreateLogger("Weapp.Dispatch");
        _scopes = registration.Lifetime == ServiceLifetime.Singleton ? null : services.GetRequiredService<IServiceScopeFactory>();
    }

    /// <summary>Tells the handler that a phone has been given a tunnel. An exception of the handler comes through.</summary>
    public async ValueTask RequestAsync(string tunnelId, UserInfo? user)
    {
        _directory.Open(tunnelId, user);
        await _sequencer.EnterAsync(tunnelId, _options.HandlerTimeout, _time);
        try
        {
            await CallAsync(tunnelId, TunnelEventKind.Request, default, user).AsTask().WaitAsync(_options.HandlerTimeout, _time);
        }
        finally
        {
            _sequencer.Exit(tunnelId);
        }
    }

    public ValueTask<EventReceipt> ReceiveAsync(string tunnelId, PacketType type, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        if (_options.Acknowledge == TunnelAcknowledge.AfterHandler)
            return HandleAsync(tunnelId, type, content);
        // The caller's bytes are gone once it has its answer.
        _ = HandleAsync(tunnelId, type, content.ToArray()).AsTask();
        return new ValueTask<EventReceipt>(EventReceipt.Accepted);
    }

    private ValueTask<EventReceipt> HandleAsync(string tunnelId, PacketType type, ReadOnlyMemory<byte> content)
    {
        var kind = type switch
        {
            PacketType.Connect => TunnelEventKind.Connect,
            PacketType.Message => TunnelEventKind.Message,
            PacketType.Close => TunnelEventKind.Close,
            _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Only known packets reach a handler."),
        };
        // Most events find their tunnel idle: those take no state machine to wait with.
        var turn = _sequencer.EnterAsync(tunnelId, _options.HandlerTimeout, _time);
        return turn.IsCompletedSuccessfully ? LimitTurnAsync(tunnelId, kind, content) : WaitForTurnAsync(turn, tunnelId, kind, content);
    }

    private async ValueTask<EventReceipt> WaitForTurnAsync(ValueTask turn, string tunnelId, TunnelEventKind kind, ReadOnlyMemory<byte> content)
    {
        try
        {
            await turn;
        }
        catch (TimeoutException)
        {
            DispatchLog.NoTurn(_logger, kind, tunnelId, _options.HandlerTimeout);
            return GiveUp(kind);
        }

        return await LimitTurnAsync(tunnelId, kind, content);
    }

    /// <summary>Answers when the handler has ended or its time is up.</summary>
    private ValueTask<EventReceipt> LimitTurnAsync(string tunnelId, TunnelEventKind kind, ReadOnlyMemory<byte> content)
    {
        var turn = TakeTurnAsync(tunnelId, kind, content);
        return turn.IsCompletedSuccessfully ? turn : LimitTurnAsync(turn.AsTask(), tunnelId, kind);
    }

    private async ValueTask<EventReceipt> LimitTurnAsync(Task<EventReceipt> turn, string tunnelId, TunnelEventKind kind)
    {
        try
        {
            return await turn.WaitAsync(_options.HandlerTimeout, _time);
        }
        catch (TimeoutException)
        {
            DispatchLog.HandlerTimedOut(_logger, kind, tunnelId, _options.HandlerTimeout);
            return GiveUp(kind);
        }
    }

    private EventReceipt GiveUp(TunnelEventKind kind)
    {
        _metrics.Event(kind, "timeout");
        return _options.ReportHandlerFailure ? EventReceipt.TimedOut : EventReceipt.Accepted;
    }

    /// <summary>Calls the handler and gives the turn on, however long it takes. The content is read before the first wait.</summary>
    private async ValueTask<EventReceipt> TakeTurnAsync(string tunnelId, TunnelEventKind kind, ReadOnlyMemory<byte> content)
    {
        using var activity = WeappMetrics.Activities.StartActivity("weapp.tunnel.event");
        activity?.SetTag("weapp.event", kind.ToString());
        try
        {
            if (kind == TunnelEventKind.Connect)
                _directory.Connect(tunnelId);
            await CallAsync(tunnelId, kind, content, _directory.UserOf(tunnelId));
            return EventReceipt.Accepted;
        }
        catch (Exception exception)
        {
            DispatchLog.HandlerFailed(_logger, exception, kind, tunnelId);
            _metrics.Event(kind, "failed");
            activity?.SetStatus(ActivityStatusCode.Error);
            return _options.ReportHandlerFailure ? EventReceipt.Failed : EventReceipt.Accepted;
        }
        finally
        {
            if (kind == TunnelEventKind.Close)
                _directory.Remove(tunnelId);
            _sequencer.Exit(tunnelId);
        }
    }

    private ValueTask CallAsync(string tunnelId, TunnelEventKind kind, ReadOnlyMemory<byte> content, UserInfo? user) => _scopes is null
        ? DispatchAsync(_root, tunnelId, kind, content, user)
        : CallInScopeAsync(_scopes, tunnelId, kind, content, user);

    private async ValueTask CallInScopeAsync(
        IServiceScopeFactory scopes, string tunnelId, TunnelEventKind kind, ReadOnlyMemory<byte> content, UserInfo? user)
    {
        await using var scope = scopes.CreateAsyncScope();
        await DispatchAsync(scope.ServiceProvider, tunnelId, kind, content, user);
    }

    private ValueTask DispatchAsync(IServiceProvider services, string tunnelId, TunnelEventKind kind, ReadOnlyMemory<byte> content, UserInfo? user)
    {
        var message = kind != TunnelEventKind.Message ? default : content.IsEmpty ? MessageText.Empty : MessageText.Read(content);
        var handler = services.GetRequiredService<THandler>();
        var e = TunnelEvent.Rent();
        try
        {
            e.Set(tunnelId, kind, message, user, services, _options.HandlerTimeout, _time);
            var call = _dispatcher.DispatchAsync(handler, e);
            Note(e);
            return e.TakeDeadline() is { } deadline ? DisposeAfterAsync(call, deadline) : call;
        }
        finally
        {
            e.Return();
        }
    }

    private void Note(TunnelEvent e)
    {
        switch (e.Outcome)
        {
            case TunnelEventOutcome.Handled:
                _metrics.Event(e.Kind, "handled");
                break;
            case TunnelEventOutcome.Unhandled:
                _metrics.Event(e.Kind, "unhandled");
                if (e.Kind == TunnelEventKind.Message)
                    DispatchLog.NoMethod(_logger, e.ReadMessageType());
                break;
            case TunnelEventOutcome.NoUser:
                _metrics.Event(e.Kind, "no_user");
                DispatchLog.NoUser(_logger, e.Kind, e.TunnelId);
                break;
            case TunnelEventOutcome.BadContent:
                _metrics.Event(e.Kind, "bad_content");
                DispatchLog.BadContent(_logger, e.ReadMessageType(), e.MisfitPath ?? "$", e.TunnelId);
                break;
        }
    }

    private static async ValueTask DisposeAfterAsync(ValueTask call, CancellationTokenSource deadline)
    {
        using (deadline)
            await call;
    }
}
