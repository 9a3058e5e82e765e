using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Weapp.Protocol.Packets;
using Weapp.TunnelServer.Tests.Support;

namespace Weapp.TunnelServer.Tests;

/// <summary>One app's life with each of the five official SDKs: what they write, member by member, and what they can read.</summary>
public sealed class DialectTests
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly Dialect Node = new()
    {
        MediaType = "application/json",
        WsUrl = static url => $$"""{"receiveUrl":{{Text(url)}},"protocolType":"wss"}""",
        Packet = static (ids, type, content) => $$"""[{"tunnelIds":{{ids}},"type":"{{type}}"{{(content is null ? "" : $",\"content\":{Text(content)}")}}}]""",
        Envelope = static (data, tcId, key, signature) => $$"""{"data":{{Text(data)}},"tcId":"{{tcId}}",{{Key(key)}}"signature":"{{signature}}"}""",
    };

    private static readonly Dictionary<string, Dialect> Dialects = new()
    {
        ["Node"] = Node,

        // It sends the key with every call.
        ["Wafer 2"] = Node with { MediaType = "application/json;charset=utf-8", SendsKeyAlways = true },

        // The data has its slashes and Chinese as they are; the envelope around it escapes both.
        ["PHP"] = Node with
        {
            MediaType = "application/json; charset=utf-8",
            Envelope = static (data, tcId, key, signature) => $$"""{"data":{{Escaped(Text(data))}},"tcId":"{{tcId}}",{{Key(key)}}"signature":"{{signature}}"}""",
        },

        // The key is its skey as well, the envelope is indented, and a close has a content that is null.
        ["C#"] = new()
        {
            MediaType = "application/json",
            SendsDataEncode = true,
            WsUrl = static url => $$"""{"skey":"{{SignedCall.Key}}","receiveUrl":{{Text(url)}},"protocolType":"wss"}""",
            Packet = static (ids, type, content) => $$"""[{"type":"{{type}}","tunnelIds":{{ids}},"content":{{(content is null ? "null" : Text(content))}}}]""",
            Envelope = static (data, tcId, key, signature) => string.Join(
                "\r\n",
                [
                    "{", $"  \"data\": {Text(data)},", "  \"dataEncode\": \"json\",", $"  \"tcId\": \"{tcId}\",",
                    .. key is null ? [] : (string[])[$"  \"tcKey\": \"{key}\","], $"  \"signature\": \"{signature}\"", "}",
                ]),
        },

        // Its members come in a hash table's order, and it escapes a slash behind a less-than sign.
        ["Java"] = Node with
        {
            MediaType = "application/json;charset=utf-8",
            SendsDataEncode = true,
            Packet = static (ids, type, content) => $$"""[{"type":"{{type}}",{{(content is null ? "" : $"\"content\":{JavaText(content)},")}}"tunnelIds":{{ids}}}]""",
            Envelope = static (data, tcId, key, signature) =>
                $$"""{{{Key(key)}}"data":{{JavaText(data)}},"signature":"{{signature}}","tcId":"{{tcId}}","dataEncode":"json"}""",
        },
    };

    public static TheoryData<string> Names => [.. Dialects.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task An_SDK_gets_a_tunnel_pushes_and_closes(string name)
    {
        var dialect = Dialects[name];
        await using var gateway = await HttpGateway.StartAsync();
        var answer = await dialect.PostAsync(gateway, "/get/wsurl", dialect.WsUrl(gateway.ReceiveUrl));
        Assert.Equal(0, answer.GetProperty("code").GetInt32());
        var (id, url) = ReadGrant(answer);

        await using var phone = await Phone.ConnectAsync(url);
        Assert.Equal(id, (await gateway.App.NextAsync(PacketType.Connect)).TunnelId);
        await phone.SendMessageAsync("""{"type":"speak","content":{"word":"你好"}}""");
        Assert.Equal("""{"type":"speak","content":{"word":"你好"}}""", (await gateway.App.NextAsync(PacketType.Message)).Content);

        const string Content = """{"type":"speak","content":{"word":"大家好 \"</b>/\" 😀"}}""";
        Assert.Equal(["gone"], await PushAsync(gateway, dialect, ["gone", id], "message", Content));
        Assert.Equal("message:" + Content, await phone.ReadTextAsync());
        Assert.Empty(await PushAsync(gateway, dialect, [id], "message", """{"type":"x"}"""));
        Assert.Empty(await PushAsync(gateway, dialect, [id], "close", null));
        var (code, texts) = await phone.ReadToEndAsync();
        Assert.Equal(1000, code);
        Assert.Equal(["""message:{"type":"x"}""", "close"], texts);
        Assert.Equal(id, (await gateway.App.NextAsync(PacketType.Close)).TunnelId);
        Assert.Equal([id], await PushAsync(gateway, dialect, [id], "message", "{}"));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task An_SDK_with_a_wrong_key_gets_a_code_and_a_message(string name)
    {
        var dialect = Dialects[name];
        await using var gateway = await HttpGateway.StartAsync(static options => options.SignatureKey = "another key of some length");
        foreach (var (path, data) in new[] { ("/get/wsurl", dialect.WsUrl(gateway.ReceiveUrl)), ("/ws/push", dialect.Packet("""["x"]""", "close", null)) })
        {
            var answer = await dialect.PostAsync(gateway, path, data, expectedStatus: 400);
            Assert.Equal(9003, answer.GetProperty("code").GetInt32());
            Assert.Equal(JsonValueKind.String, answer.GetProperty("message").ValueKind);
        }
    }

    // All five take text here, and some insist on its signature.
    private static (string Id, string Url) ReadGrant(JsonElement answer)
    {
        var data = answer.GetProperty("data").GetString()!;
        Assert.Equal(SignedCall.Sign(data), answer.GetProperty("signature").GetString());
        var grant = JsonElement.Parse(data);
        return (grant.GetProperty("tunnelId").GetString()!, grant.GetProperty("connectUrl").GetString()!);
    }

    private static async Task<IEnumerable<string>> PushAsync(HttpGateway gateway, Dialect dialect, string[] ids, string type, string? content)
    {
        var answer = await dialect.PostAsync(gateway, "/ws/push", dialect.Packet(JsonSerializer.Serialize(ids), type, content));
        Assert.Equal(0, answer.GetProperty("code").GetInt32());
        var data = answer.GetProperty("data");
        if (dialect.SendsDataEncode)
        {
            Assert.Equal(SignedCall.Sign(data.GetString()!), answer.GetProperty("signature").GetString());
            data = JsonElement.Parse(data.GetString()!);
        }

        Assert.Equal(JsonValueKind.Object, data.ValueKind);
        return [.. data.GetProperty("invalidTunnelIds").EnumerateArray().Select(static id => id.GetString()!)];
    }

    private static string Text(string text) => JsonSerializer.Serialize(text, Plain);

    private static string JavaText(string text) => Text(text).Replace("</", "<\\/", StringComparison.Ordinal);

    private static string Escaped(string json)
    {
        var escaped = new StringBuilder();
        foreach (var c in json)
        {
            if (c is '/')
                escaped.Append("\\/");
            else if (char.IsAscii(c))
                escaped.Append(c);
            else
                escaped.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
        }

        return escaped.ToString();
    }

    private static string Key(string? key) => key is null ? "" : $"\"tcKey\":\"{key}\",";

    private sealed record Dialect
    {
        public required string MediaType { get; init; }

        public bool SendsDataEncode { get; init; }

        public bool SendsKeyAlways { get; init; }

        /// <summary>The data of a request for a tunnel.</summary>
        public required Func<string, string> WsUrl { get; init; }

        /// <summary>The data of a push: ids as JSON, type, content.</summary>
        public required Func<string, string, string?, string> Packet { get; init; }

        /// <summary>The body around data, tcId, tcKey and signature.</summary>
        public required Func<string, string, string?, string, string> Envelope { get; init; }

        public async Task<JsonElement> PostAsync(HttpGateway gateway, string path, string data, int expectedStatus = 200)
        {
            var body = Envelope(data, SignedCall.TcId("127.0.0.1"), SendsKeyAlways || path == "/get/wsurl" ? SignedCall.Key : null, SignedCall.Sign(data));
            var (status, answer) = await gateway.Server.Client.PostAsync(path, body, MediaType);
            Assert.Equal(expectedStatus, status);
            return answer;
        }
    }
}
