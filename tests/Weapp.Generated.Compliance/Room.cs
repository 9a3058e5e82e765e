using System.Text.Json;
using Microsoft.AspNetCore.Mvc;

namespace Weapp.Generated.Compliance;

/// <summary>Every kind of method that a handler may have.</summary>
/// <param name="tunnels">Answers.</param>
[TunnelHandler<IRoomClient>]
public sealed partial class Room(ITunnels<IRoomClient> tunnels) : RoomBase
{
    [TunnelRequest]
    private static Task OnRequest(string tunnelId, UserInfo? user) =>
        user is null ? throw new InvalidOperationException($"{tunnelId} has no user.") : Task.CompletedTask;

    [TunnelConnect]
    private async ValueTask OnConnect(TunnelContext tunnel, UserInfo user, CancellationToken cancellationToken) =>
        await tunnels.User(user.OpenId).Speak(new(tunnel.TunnelId), cancellationToken);

    [TunnelMessage("speak")]
    private async Task OnSpeak(string tunnelId, Spoken content, [FromServices] TimeProvider time) =>
        await tunnels.Emit(tunnelId).Speak(content with { Word = $"{time.GetUtcNow()}: {content.Word}" });

    [TunnelMessage("move")]
    private async Task OnMove(string tunnelId, Place? content, UserInfo user) =>
        await tunnels.Emit(tunnelId).Places(user.OpenId.Length == 0 ? null : [content]);

    [TunnelMessage("places")]
    private async Task OnPlaces(string tunnelId, Dictionary<string, List<Place>> content, [FromServices] TimeProvider? time) =>
        await tunnels.Emit(tunnelId).Places([.. content.Values.SelectMany(static places => places), time is null ? null : default(Place)]);

    [TunnelMessage("everything")]
    private async Task OnEverything(string tunnelId, Everything content) => await tunnels.Emit(tunnelId).Everything(content);

    [TunnelMessage("raw")]
    private async Task OnRaw(string tunnelId, JsonElement content) => await tunnels.Emit(tunnelId).Speak(new(content.GetRawText()));

    [TunnelMessage("说话")]
    private async Task OnWord(string tunnelId, string content) => await tunnels.Emit(tunnelId).Speak(new(content));

    [TunnelMessage]
    private async Task OnOther(string tunnelId, string type, JsonElement content) =>
        await tunnels.Emit(tunnelId).Speak(new($"{type}: {content}"));
}

/// <summary>A base with a method that handlers inherit.</summary>
public abstract class RoomBase
{
    /// <summary>A plain method.</summary>
    /// <param name="tunnelId">The tunnel.</param>
    [TunnelClose]
    protected virtual void OnClose(string tunnelId) => ArgumentNullException.ThrowIfNull(tunnelId);
}
