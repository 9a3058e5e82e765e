using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Weapp.Protocol.Packets;
using Weapp.TunnelServer.Tests.Support;

namespace Weapp.TunnelServer.Tests;

/// <summary>One app's life with each of the five official SDKs: what they write, and what they can read.</summary>
public sealed class DialectTests
{
    private static readonly Dictionary<string, Dialect> Dialects = new()
    {
        ["Node"] = new(),
        ["Wafer 2"] = new(),

        // json_encode escapes slashes and everything beyond ASCII.
        ["PHP"] = new() { Write = static node => node.ToJsonString(Escaping).Replace("/", "\\/", StringComparison.Ordinal) },
        ["C#"] = new() { SendsDataEncode = true, SendsNullContent = true, MediaType = "text/plain", WsUrlExtra = "skey" },

        // Its members come in a hash table's order.
        ["Java"] = new() { SendsDataEncode = true, Reverses = true },
    };

    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonSerializerOptions Escaping = new() { Encoder = JavaScriptEncoder.Default };

    public static TheoryData<string> Names => [.. Dialects.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task An_SDK_gets_a_tunnel_pushes_and_closes(string name)
    {
        var dialect = Dialects[name];
        await using var gateway = await HttpGateway.StartAsync();
        var (status, answer) = await gateway.Server.Client.PostAsync("/get/wsurl", dialect.WsUrl(gateway.ReceiveUrl), dialect.MediaType);
        Assert.Equal((200, 0), (status, answer.GetProperty("code").GetInt32()));
        var (id, url) = ReadGrant(answer);

        await using var phone = await Phone.ConnectAsync(url);
        Assert.Equal(id, (await gateway.App.NextAsync(PacketType.Connect)).TunnelId);
        await phone.SendMessageAsync("""{"type":"speak","content":{"word":"你好"}}""");
        Assert.Equal("""{"type":"speak","content":{"word":"你好"}}""", (await gateway.App.NextAsync(PacketType.Message)).Content);

        const string Content = """{"type":"speak","content":{"word":"大家好 \"<>/\" 😀"}}""";
        Assert.Equal(["gone"], await PushAsync(gateway, dialect, dialect.Push(["gone", id], "message", Content)));
        Assert.Equal("message:" + Content, await phone.ReadTextAsync());
        Assert.Empty(await PushAsync(gateway, dialect, dialect.Push([id], "message", """{"type":"x"}""")));
        Assert.Empty(await PushAsync(gateway, dialect, dialect.Push([id], "close", null)));
        var (code, texts) = await phone.ReadToEndAsync();
        Assert.Equal(1000, code);
        Assert.Equal(["""message:{"type":"x"}""", "close"], texts);
        Assert.Equal(id, (await gateway.App.NextAsync(PacketType.Close)).TunnelId);
        Assert.Equal([id], await PushAsync(gateway, dialect, dialect.Push([id], "message", "{}")));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task An_SDK_with_a_wrong_key_gets_a_code_and_a_message(string name)
    {
        await using var gateway = await HttpGateway.StartAsync(static options => options.SignatureKey = "another key of some length");
        foreach (var (path, body) in new[] { ("/get/wsurl", Dialects[name].WsUrl(gateway.ReceiveUrl)), ("/ws/push", Dialects[name].Push(["x"], "close", null)) })
        {
            var (_, answer) = await gateway.Server.Client.PostAsync(path, body, Dialects[name].MediaType);
            Assert.Equal(9003, answer.GetProperty("code").GetInt32());
            Assert.Equal(JsonValueKind.String, answer.GetProperty("message").ValueKind);
        }
    }

    // All five take signed text here.
    private static (string Id, string Url) ReadGrant(JsonElement answer)
    {
        var data = answer.GetProperty("data").GetString()!;
        Assert.Equal(SignedCall.Sign(data), answer.GetProperty("signature").GetString());
        var grant = JsonElement.Parse(data);
        return (grant.GetProperty("tunnelId").GetString()!, grant.GetProperty("connectUrl").GetString()!);
    }

    private static async Task<IEnumerable<string>> PushAsync(HttpGateway gateway, Dialect dialect, string body)
    {
        var (status, answer) = await gateway.Server.Client.PostAsync("/ws/push", body, dialect.MediaType);
        Assert.Equal((200, 0), (status, answer.GetProperty("code").GetInt32()));
        var data = answer.GetProperty("data");
        if (dialect.SendsDataEncode)
        {
            Assert.Equal(SignedCall.Sign(data.GetString()!), answer.GetProperty("signature").GetString());
            data = JsonElement.Parse(data.GetString()!);
        }

        Assert.Equal(JsonValueKind.Object, data.ValueKind);
        return [.. data.GetProperty("invalidTunnelIds").EnumerateArray().Select(static id => id.GetString()!)];
    }

    private sealed record Dialect
    {
        public Func<JsonNode, string> Write { get; init; } = static node => node.ToJsonString(Plain);

        public bool SendsDataEncode { get; init; }

        public bool SendsNullContent { get; init; }

        public bool Reverses { get; init; }

        public string? WsUrlExtra { get; init; }

        public string MediaType { get; init; } = "application/json";

        public string WsUrl(string receiveUrl)
        {
            var data = new JsonObject();
            if (WsUrlExtra is not null)
                data[WsUrlExtra] = "an skey";
            data["receiveUrl"] = receiveUrl;
            data["protocolType"] = "wss";
            return Call(data, withKey: true);
        }

        public string Push(string[] ids, string type, string? content)
        {
            var packet = SignedCall.Packet(ids, type, content);
            if (content is null && SendsNullContent)
                packet["content"] = null;
            return Call(new JsonArray(InOrder(packet)), withKey: false);
        }

        private string Call(JsonNode data, bool withKey)
        {
            var text = Write(data is JsonObject members ? InOrder(members) : data);
            var call = (JsonObject)JsonNode.Parse(SignedCall.Body(text, SendsDataEncode, withKey: withKey))!;
            return Write(InOrder(call));
        }

        private JsonObject InOrder(JsonObject members) =>
            Reverses ? new JsonObject(members.Reverse().Select(static member => KeyValuePair.Create(member.Key, member.Value?.DeepClone()))) : members;
    }
}
