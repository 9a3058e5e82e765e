using System.Text.Json;

namespace Weapp.Runtime.Tests.Support;

/// <summary>Writes down every event.</summary>
[TunnelHandler]
public sealed partial class RecordingHandler(Journal journal)
{
    [TunnelRequest]
    public void OnRequest(string tunnelId, UserInfo? user) => journal.Add($"request {tunnelId} {user?.OpenId ?? "nobody"}");

    [TunnelConnect]
    public void OnConnect(string tunnelId, UserInfo? user) => journal.Add($"connect {tunnelId} {user?.OpenId ?? "nobody"}");

    [TunnelMessage]
    public void OnMessage(string tunnelId, string type, JsonElement content) =>
        journal.Add($"message {tunnelId} {type} {(content.ValueKind == JsonValueKind.Undefined ? "(none)" : JsonSerializer.Serialize(content))}");

    [TunnelClose]
    public void OnClose(string tunnelId, UserInfo? user) => journal.Add($"close {tunnelId} {user?.OpenId ?? "nobody"}");
}
