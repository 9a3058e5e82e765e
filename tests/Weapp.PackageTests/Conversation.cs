using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Weapp.TestKit;

namespace Weapp.PackageTests;

/// <summary>What a phone does with a chat room: it logs in, opens a tunnel, speaks and hears itself.</summary>
internal static class Conversation
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    /// <summary>Has the conversation with a server that holds everything, and checks each answer.</summary>
    public static async Task HoldAsync(ProcessServer server, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Deadline);
        using var http = new HttpClient { BaseAddress = server.Address };

        var weChat = await http.GetFromJsonAsync<JsonElement>("/dev/wechat/login?nickname=三木", deadline.Token);
        var login = await GetAsync(
            http, "/login", deadline.Token, ("X-WX-Code", Text(weChat, "code")), ("X-WX-Encrypted-Data", Text(weChat, "encryptedData")), ("X-WX-IV", Text(weChat, "iv")));
        var session = login.GetProperty("session");
        (string, string)[] identity = [("X-WX-Id", Text(session, "id")), ("X-WX-Skey", Text(session, "skey"))];
        server.Secret(Text(session, "skey"));

        var user = await GetAsync(http, "/user", deadline.Token, identity);
        Assert.Equal(0, user.GetProperty("code").GetInt32());
        Assert.Equal("三木", Text(user.GetProperty("data").GetProperty("userInfo"), "nickName"));

        var tunnel = await GetAsync(http, "/tunnel", deadline.Token, identity);
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri(Text(tunnel, "url")), deadline.Token);
        await socket.SendAsync("""message:{"type":"speak","content":{"word":"大家好"}}"""u8.ToArray(), WebSocketMessageType.Text, true, deadline.Token);

        var spoken = await HearAsync(socket, "speak", deadline.Token);
        Assert.Equal("大家好", Text(spoken, "word"));
        Assert.Equal("三木", Text(spoken.GetProperty("who"), "nickName"));
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, deadline.Token);
    }

    private static async Task<JsonElement> GetAsync(HttpClient http, string path, CancellationToken cancellationToken, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        foreach (var (name, value) in headers)
            request.Headers.Add(name, value);
        using var response = await http.SendAsync(request, cancellationToken);
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
    }

    /// <summary>The content of the next message of a type.</summary>
    private static async Task<JsonElement> HearAsync(ClientWebSocket socket, string type, CancellationToken cancellationToken)
    {
        const string Message = "message:";
        var buffer = new byte[64 * 1024];
        while (true)
        {
            var length = 0;
            ValueWebSocketReceiveResult part;
            do
            {
                part = await socket.ReceiveAsync(buffer.AsMemory(length), cancellationToken);
                Assert.Equal(WebSocketMessageType.Text, part.MessageType);
                length += part.Count;
            }
            while (!part.EndOfMessage);

            var frame = Encoding.UTF8.GetString(buffer, 0, length);
            if (!frame.StartsWith(Message, StringComparison.Ordinal))
                continue;
            var message = JsonElement.Parse(frame[Message.Length..]);
            if (Text(message, "type") == type)
                return message.GetProperty("content");
        }
    }

    private static string Text(JsonElement element, string property) => element.GetProperty(property).GetString()!;
}
