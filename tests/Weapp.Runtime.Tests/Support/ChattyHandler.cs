using System.Globalization;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Mvc;

namespace Weapp.Runtime.Tests.Support;

/// <summary>Contents whose misfits are deep inside.</summary>
public sealed record Order([property: JsonRequired] int Number, IReadOnlyList<OrderLine> Lines);

/// <summary>A line of an <see cref="Order"/>.</summary>
public sealed record OrderLine(int Count);

/// <summary>A service of the app that lives as long as one event.</summary>
public sealed class EventScope(Journal journal) : IAsyncDisposable
{
    public Guid Id { get; } = Guid.NewGuid();

    public ValueTask DisposeAsync()
    {
        journal.Add("scope ends");
        return ValueTask.CompletedTask;
    }
}

/// <summary>Methods of every shape, as an app would write them.</summary>
[TunnelHandler]
public sealed partial class ChattyHandler(Journal journal)
{
    [TunnelConnect]
    public void OnConnect(TunnelContext tunnel) =>
        journal.Add($"{tunnel.Kind} {tunnel.TunnelId} {tunnel.MessageType ?? "no type"} {tunnel.User?.OpenId ?? "nobody"}");

    [TunnelMessage("speak")]
    public async Task OnSpeak(string tunnelId, SpeakPayload payload)
    {
        await Task.Yield();
        journal.Add($"speak {tunnelId} {payload.Word}");
    }

    [TunnelMessage("maybe")]
    public void OnMaybe(string tunnelId, SpeakPayload? payload) => journal.Add($"maybe {tunnelId} {payload?.Word ?? "(nothing)"}");

    [TunnelMessage("count")]
    public ValueTask OnCount(string tunnelId, int count)
    {
        journal.Add($"count {tunnelId} {count.ToString(CultureInfo.InvariantCulture)}");
        return ValueTask.CompletedTask;
    }

    [TunnelMessage("order")]
    public void OnOrder(string tunnelId, Order order) => journal.Add($"order {tunnelId} {order.Lines[0].Count.ToString(CultureInfo.InvariantCulture)}");

    [TunnelMessage("poke")]
    public void OnPoke(TunnelContext tunnel) =>
        journal.Add($"{tunnel.Kind} {tunnel.TunnelId} {tunnel.MessageType ?? "no type"} {tunnel.User?.OpenId ?? "nobody"}");

    [TunnelMessage("who")]
    public void OnWho(string tunnelId, UserInfo user) => journal.Add($"who {tunnelId} {user.OpenId}");

    [TunnelMessage("scope")]
    public async Task OnScope(TunnelContext tunnel, [FromServices] EventScope scope)
    {
        var same = ReferenceEquals(tunnel.Services.GetService(typeof(EventScope)), scope);
        await Task.Yield();
        journal.Add($"scope {(same ? "shared" : "split")} {scope.Id}");
    }

    [TunnelMessage("你好")]
    public void OnGreeting(string tunnelId) => journal.Add($"你好 {tunnelId}");
}
