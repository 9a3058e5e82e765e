using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Weapp.Contents;
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
    private readonly TunnelFilterFactory[] _filters;
    private THandler? _singleton;

    public TunnelReceiver(IServiceProvider services, TunnelEndpointOptions options)
    {
        var registration = services.GetService<HandlerRegistration<THandler>>() ?? throw new InvalidOperationException(
            $"{typeof(THandler)} is not registered: add it with services.AddWeapp(…).AddHandler<{typeof(THandler).Name}>().");
        _root = services;
        _filters = [.. services.GetServices<TunnelFilterFactory>(), .. options.Filters];
        _options = options;
        _dispatcher = THandler.CreateDispatcher(services.GetRequiredService<ContentSerialization>().Options);
        _directory = services.GetRequiredService<TunnelDirectory>();
        _metrics = services.GetRequiredService<WeappMetrics>();
        _time = services.GetRequiredService<TimeProvider>();
        _logger = services.GetRequiredService<ILoggerFactory>().CreateLogger("Weapp.Dispatch");
        _scopes = registration.Lifetime == ServiceLifetime.Singleton ? null : services.GetRequiredService<IServiceScopeFactory>();
    }

    /// <summary>Tells the handler that a phone has been given a tunnel. An exception of the handler comes through, and the tunnel is forgotten.</summary>
    /// <returns>False, and the handler is not told, where the id is another tunnel's.</returns>
    public async ValueTask<bool> RequestAsync(string tunnelId, UserInfo? user)
    {
        if (!_directory.TryOpen(tunnelId, user))
            return false;
        try
        {
            await _sequencer.EnterAsync(tunnelId, _options.HandlerTimeout, _time);
            try
            {
                var call = CallAsync(tunnelId, TunnelEventKind.Request, default, user).AsTask();
                _metrics.Event(TunnelEventKind.Request, await call.WaitAsync(_options.HandlerTimeout, _time));
                return true;
            }
            finally
            {
                _sequencer.Exit(tunnelId);
            }
        }
        catch (Exception exception)
        {
            // The phone never hears of this tunnel, so neither must those who send to its user.
            _directory.Remove(tunnelId);
            _metrics.Event(TunnelEventKind.Request, exception is TimeoutException ? TunnelEventOutcome.TimedOut : TunnelEventOutcome.Failed);
            throw;
        }
    }

    public ValueTask<EventReceipt> ReceiveAsync(string tunnelId, PacketType type, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var kind = type switch
        {
            PacketType.Connect => TunnelEventKind.Connect,
            PacketType.Message => TunnelEventKind.Message,
            PacketType.Close => TunnelEventKind.Close,
            _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Only known packets reach a handler."),
        };
        if (_options.Acknowledge == TunnelAcknowledge.AfterHandler)
            return HandleAsync(_sequencer.EnterAsync(tunnelId, _options.HandlerTimeout, _time), tunnelId, kind, content);
        HandleLater(tunnelId, kind, content);
        return new ValueTask<EventReceipt>(EventReceipt.Accepted);
    }

    private void HandleLater(string tunnelId, TunnelEventKind kind, ReadOnlyMemory<byte> content)
    {
        // An acknowledged event does not come again, so it waits for its turn however long that takes; its place in the order is taken here.
        var turn = _sequencer.EnterAsync(tunnelId, Timeout.InfiniteTimeSpan, _time);
        // The caller's bytes are gone once it has its answer.
        var copy = content.ToArray();
        // Elsewhere, since a method that blocks its thread must not hold up the answer.
        _ = Task.Run(() => HandleAsync(turn, tunnelId, kind, copy).AsTask(), CancellationToken.None);
    }

    /// <summary>Most events find their tunnel idle: those take no state machine to wait with.</summary>
    private ValueTask<EventReceipt> HandleAsync(ValueTask turn, string tunnelId, TunnelEventKind kind, ReadOnlyMemory<byte> content) =>
        turn.IsCompletedSuccessfully ? LimitTurnAsync(tunnelId, kind, content) : WaitForTurnAsync(turn, tunnelId, kind, content);

    private async ValueTask<EventReceipt> WaitForTurnAsync(ValueTask turn, string tunnelId, TunnelEventKind kind, ReadOnlyMemory<byte> content)
    {
        try
        {
            await turn;
        }
        catch (TimeoutException)
        {
            DispatchLog.NoTurn(_logger, kind, LogText.Short(tunnelId), _options.HandlerTimeout);
            return Settle(kind, TunnelEventOutcome.TimedOut);
        }

        return await LimitTurnAsync(tunnelId, kind, content);
    }

    /// <summary>Answers when the handler has ended or its time is up.</summary>
    private ValueTask<EventReceipt> LimitTurnAsync(string tunnelId, TunnelEventKind kind, ReadOnlyMemory<byte> content)
    {
        var turn = TakeTurnAsync(tunnelId, kind, content);
        return turn.IsCompletedSuccessfully
            ? new ValueTask<EventReceipt>(Settle(kind, turn.Result))
            : LimitTurnAsync(turn.AsTask(), tunnelId, kind);
    }

    private async ValueTask<EventReceipt> LimitTurnAsync(Task<TunnelEventOutcome> turn, string tunnelId, TunnelEventKind kind)
    {
        try
        {
            return Settle(kind, await turn.WaitAsync(_options.HandlerTimeout, _time));
        }
        catch (TimeoutException)
        {
            DispatchLog.HandlerTimedOut(_logger, kind, LogText.Short(tunnelId), _options.HandlerTimeout);
            return Settle(kind, TunnelEventOutcome.TimedOut);
        }
    }

    /// <summary>Counts an event, once, and tells what its sender hears.</summary>
    private EventReceipt Settle(TunnelEventKind kind, TunnelEventOutcome outcome)
    {
        _metrics.Event(kind, outcome);
        return !_options.ReportHandlerFailure ? EventReceipt.Accepted : outcome switch
        {
            TunnelEventOutcome.Failed => EventReceipt.Failed,
            TunnelEventOutcome.TimedOut => EventReceipt.TimedOut,
            _ => EventReceipt.Accepted,
        };
    }

    /// <summary>Calls the handler and gives the turn on, however long it takes. The content is read before the first wait.</summary>
    private async ValueTask<TunnelEventOutcome> TakeTurnAsync(string tunnelId, TunnelEventKind kind, ReadOnlyMemory<byte> content)
    {
        using var activity = WeappMetrics.Activities.StartActivity("weapp.tunnel.event");
        activity?.SetTag("weapp.event", kind.ToString());
        try
        {
            if (kind == TunnelEventKind.Connect)
                _directory.Connect(tunnelId);
            var outcome = await CallAsync(tunnelId, kind, content, _directory.UserOf(tunnelId));
            if (outcome == TunnelEventOutcome.BadContent && _options.OnBadContent == TunnelBadContent.CloseTunnel)
                await _root.GetRequiredService<ITunnels>().CloseAsync(tunnelId);
            return outcome;
        }
        catch (Exception exception)
        {
            DispatchLog.HandlerFailed(_logger, exception, kind, LogText.Short(tunnelId));
            activity?.SetStatus(ActivityStatusCode.Error);
            return TunnelEventOutcome.Failed;
        }
        finally
        {
            if (kind == TunnelEventKind.Close)
                _directory.Remove(tunnelId);
            _sequencer.Exit(tunnelId);
        }
    }

    private ValueTask<TunnelEventOutcome> CallAsync(string tunnelId, TunnelEventKind kind, ReadOnlyMemory<byte> content, UserInfo? user) => _scopes is null
        ? DispatchAsync(_root, tunnelId, kind, content, user)
        : CallInScopeAsync(_scopes, tunnelId, kind, content, user);

    private async ValueTask<TunnelEventOutcome> CallInScopeAsync(
        IServiceScopeFactory scopes, string tunnelId, TunnelEventKind kind, ReadOnlyMemory<byte> content, UserInfo? user)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await DispatchAsync(scope.ServiceProvider, tunnelId, kind, content, user);
    }

    private ValueTask<TunnelEventOutcome> DispatchAsync(
        IServiceProvider services, string tunnelId, TunnelEventKind kind, ReadOnlyMemory<byte> content, UserInfo? user)
    {
        if (_filters.Length > 0)
            return FilterAsync(services, tunnelId, kind, content.ToArray(), user);
        var message = Read(kind, content);
        var handler = Handler(services);
        var e = TunnelEvent.Rent();
        try
        {
            e.Set(tunnelId, kind, message, user, services, _options.HandlerTimeout, _time);
            var call = _dispatcher.DispatchAsync(handler, e);
            Log(e);
            if (!call.IsCompletedSuccessfully || e.TakeDeadline() is not null)
                return FinishAsync(call, e.Outcome, e.TakeDeadline());
            call.GetAwaiter().GetResult();
            return new ValueTask<TunnelEventOutcome>(e.Outcome);
        }
        catch
        {
            e.TakeDeadline()?.Dispose();
            throw;
        }
        finally
        {
            e.Return();
        }
    }

    /// <summary>The same with filters, which may wait before they go on: so they get bytes and an event of their own.</summary>
    private async ValueTask<TunnelEventOutcome> FilterAsync(IServiceProvider services, string tunnelId, TunnelEventKind kind, byte[] content, UserInfo? user)
    {
        var e = new TunnelEvent();
        e.Set(tunnelId, kind, Read(kind, content), user, services, _options.HandlerTimeout, _time);
        Func<TunnelContext, ValueTask> next = _ =>
        {
            var call = _dispatcher.DispatchAsync(Handler(services), e);
            Log(e);
            return call;
        };
        foreach (var factory in _filters.Reverse())
        {
            var (filter, inner) = (factory.Create(services), next);
            next = tunnel => filter.InvokeAsync(tunnel, inner);
        }

        try
        {
            await next(e.CreateContext());
            return e.Outcome;
        }
        finally
        {
            e.TakeDeadline()?.Dispose();
        }
    }

    /// <summary>The event's handler. Only one of a scope is asked for again and again.</summary>
    private THandler Handler(IServiceProvider services) =>
        _scopes is null ? _singleton ??= services.GetRequiredService<THandler>() : services.GetRequiredService<THandler>();

    private static MessageText Read(TunnelEventKind kind, ReadOnlyMemory<byte> content) =>
        kind != TunnelEventKind.Message ? default : content.IsEmpty ? MessageText.Empty : MessageText.Read(content);

    private void Log(TunnelEvent e)
    {
        switch (e.Outcome)
        {
            case TunnelEventOutcome.Unhandled when e.Kind == TunnelEventKind.Message:
                DispatchLog.NoMethod(_logger, LogText.Clean(e.ReadMessageType()));
                break;
            case TunnelEventOutcome.NoUser:
                DispatchLog.NoUser(_logger, e.Kind, LogText.Short(e.TunnelId));
                break;
            case TunnelEventOutcome.BadContent:
                DispatchLog.BadContent(_logger, LogText.Clean(e.ReadMessageType()), LogText.Clean(e.MisfitPath ?? "$"), LogText.Short(e.TunnelId));
                break;
        }
    }

    private static async ValueTask<TunnelEventOutcome> FinishAsync(ValueTask call, TunnelEventOutcome outcome, CancellationTokenSource? deadline)
    {
        using (deadline)
            await call;
        return outcome;
    }
}
