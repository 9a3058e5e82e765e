using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Weapp.Protocol.Packets;

namespace Weapp.Generators.Tests.Running;

/// <summary>Does with a handler what the runtime does: registers it, makes its dispatcher, and hands it events.</summary>
internal abstract class RoomHost
{
    public abstract TunnelHandlerContract Contract { get; }

    /// <summary>Dispatches events, one after the other, with these texts; says after each what became of it, null if a method took it.</summary>
    public abstract Task DispatchAsync(TunnelEventKind kind, UserInfo? user, string[] texts, Action<string?> dispatched);
}

internal class RoomHost<THandler> : RoomHost
    where THandler : class, ITunnelHandler<THandler>
{
    private readonly ServiceProvider _services;
    private readonly TunnelDispatcher<THandler> _dispatcher;

    public RoomHost(JsonSerializerOptions contentOptions)
        : this(THandler.CreateDispatcher(contentOptions))
    {
    }

    protected RoomHost(TunnelDispatcher<THandler> dispatcher)
    {
        _dispatcher = dispatcher;
        ServiceCollection services = new();
        services.AddSingleton(new Greeting("hello"));
        THandler.ConfigureServices(services, ServiceLifetime.Transient);
        _services = services.BuildServiceProvider();
    }

    public override TunnelHandlerContract Contract => THandler.Contract;

    public override async Task DispatchAsync(TunnelEventKind kind, UserInfo? user, string[] texts, Action<string?> dispatched)
    {
        foreach (var text in texts)
        {
            TunnelEvent e = new();
            e.Set("t1", kind, kind == TunnelEventKind.Message ? MessageText.Read(Encoding.UTF8.GetBytes(text)) : default, user, _services, TimeSpan.FromMinutes(1), TimeProvider.System);
            await _dispatcher.DispatchAsync(_services.GetRequiredService<THandler>(), e);
            dispatched(e.Outcome == TunnelEventOutcome.Handled ? null : (e.Outcome + " " + e.MisfitPath).TrimEnd());
        }
    }
}

internal sealed class ReflectedRoomHost<THandler>(JsonSerializerOptions contentOptions) : RoomHost<THandler>(new ReflectedDispatcher<THandler>(contentOptions))
    where THandler : class, ITunnelHandler<THandler>;
