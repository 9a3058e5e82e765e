using System.Text.Json;
using System.Text.Json.Nodes;
using Weapp.Protocol.Packets;
using Weapp.TestKit.Nodes;
using Weapp.TunnelServer.Tests.Support;

namespace Weapp.TunnelServer.Tests;

/// <summary><c>/get/wsurl</c> and <c>/ws/push</c> as apps with the official SDKs call them.</summary>
public sealed class AppCallTests
{
    private const string AnotherKey = "another key, which is long enough for an app";

    private static readonly JsonElement[] Captured =
        [.. JsonElement.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "captures", "servers.json"))).EnumerateArray()];

    public static TheoryData<string> CapturedPushes => [.. Captured.Where(static line => Kind(line) == "push").Select(static line => line.GetProperty("request").GetString()!)];

    [Fact]
    public async Task The_captured_wsurl_call_is_granted_in_the_shape_that_the_Node_SDK_checks()
    {
        await using var gateway = await HttpGateway.StartAsync();
        var call = Captured.Single(static line => Kind(line) == "wsurl").GetProperty("request").GetString()!;
        var (status, answer) = await gateway.Server.Client.PostAsync("/get/wsurl", call);
        Assert.Equal(200, status);
        Assert.Equal(["code", "message", "data", "signature"], answer.EnumerateObject().Select(static member => member.Name));
        Assert.Equal("OK", answer.GetProperty("message").GetString());
        var data = answer.GetProperty("data").GetString()!;
        Assert.Equal(SignedCall.Sign(data), answer.GetProperty("signature").GetString());
        var grant = JsonElement.Parse(data);
        Assert.StartsWith(
            $"ws://127.0.0.1:{gateway.Server.Address.Port}/ws/{grant.GetProperty("tunnelId").GetString()}?ticket=",
            grant.GetProperty("connectUrl").GetString(),
            StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(CapturedPushes))]
    public async Task The_captured_pushes_are_answered_with_an_object(string call)
    {
        await using var gateway = await HttpGateway.StartAsync();
        var (status, answer) = await gateway.Server.Client.PostAsync("/ws/push", call);
        Assert.Equal(200, status);
        Assert.Equal("""{"code":0,"message":"OK","data":{"invalidTunnelIds":["t2aabbccddeeff"]}}""", answer.GetRawText());
    }

    [Fact]
    public async Task A_caller_with_dataEncode_gets_signed_text()
    {
        await using var gateway = await HttpGateway.StartAsync();
        var (phone, id) = await gateway.ConnectAsync();
        var (_, answer) = await gateway.Server.Client.PostAsync("/ws/push", SignedCall.Push(["x", id, "x\"\\\n中"], """{"type":"a"}""", dataEncode: true));
        var data = answer.GetProperty("data").GetString()!;
        Assert.Equal(SignedCall.Sign(data), answer.GetProperty("signature").GetString());
        Assert.Equal(["x", "x\"\\\n中"], JsonElement.Parse(data).GetProperty("invalidTunnelIds").EnumerateArray().Select(static x => x.GetString()!));
        Assert.Equal("""message:{"type":"a"}""", await phone.ReadTextAsync());

        (_, answer) = await gateway.Server.Client.PostAsync("/get/wsurl", SignedCall.WsUrl(gateway.ReceiveUrl, dataEncode: true));
        Assert.Equal(SignedCall.Sign(answer.GetProperty("data").GetString()!), answer.GetProperty("signature").GetString());
    }

    [Fact]
    public async Task The_CSharp_dialect_is_read()
    {
        await using var gateway = await HttpGateway.StartAsync();
        var data = $$"""{"skey":"whatever","receiveUrl":"{{gateway.ReceiveUrl}}","protocolType":"ws"}""";
        var (status, answer) = await gateway.Server.Client.PostAsync("/get/wsurl", SignedCall.Body(data, dataEncode: true, withKey: true), "text/plain");
        Assert.Equal(200, status);
        var grant = JsonElement.Parse(answer.GetProperty("data").GetString()!);
        var id = grant.GetProperty("tunnelId").GetString()!;
        await using var phone = await Phone.ConnectAsync(grant.GetProperty("connectUrl").GetString()!);

        var close = $$"""[{"tunnelIds":["{{id}}"],"type":"close","content":null}]""";
        (_, answer) = await gateway.Server.Client.PostAsync("/ws/push", SignedCall.Body(close, dataEncode: true));
        Assert.Equal("""{"invalidTunnelIds":[]}""", answer.GetProperty("data").GetString());
        Assert.Equal(["close"], (await phone.ReadToEndAsync()).Texts);
    }

    [Fact]
    public async Task A_message_and_a_close_in_one_call_keep_their_order()
    {
        await using var gateway = await HttpGateway.StartAsync();
        var (phone, id) = await gateway.ConnectAsync();
        var data = new JsonArray(
            NodeApp.Packet("message", """{"type":"bye"}""", ["gone", id]),
            NodeApp.Packet("close", null, [id, "gone", "too"]),
            NodeApp.Packet("message", """{"type":"late"}""", [id]));
        var (_, answer) = await gateway.Server.Client.PostAsync("/ws/push", SignedCall.Body(data.ToJsonString()));
        Assert.Equal($$"""{"invalidTunnelIds":["gone","too","{{id}}"]}""", answer.GetProperty("data").GetRawText());
        var (code, texts) = await phone.ReadToEndAsync();
        Assert.Equal(1000, code);
        Assert.Equal(["""message:{"type":"bye"}""", "close"], texts);
    }

    [Fact]
    public async Task An_app_pushes_to_its_own_tunnels_only()
    {
        await using var gateway = await HttpGateway.StartAsync(static options =>
        {
            options.SignatureKey = null;
            options.Clients["a.example.com"] = SignedCall.Key;
            options.Clients["b.example.com"] = AnotherKey;
        });
        var (phone, id) = await gateway.ConnectAsync(serverHost: "a.example.com");
        var (_, answer) = await gateway.Server.Client.PostAsync(
            "/ws/push", SignedCall.Push([id], "{}", key: AnotherKey, serverHost: "b.example.com"));
        Assert.Equal($$"""{"invalidTunnelIds":["{{id}}"]}""", answer.GetProperty("data").GetRawText());
        (var status, answer) = await gateway.Server.Client.PostAsync("/ws/push", SignedCall.Push([id], "{}", key: AnotherKey, serverHost: "a.example.com"));
        Assert.Equal((400, 9003), (status, answer.GetProperty("code").GetInt32()));
        (status, answer) = await gateway.Server.Client.PostAsync("/ws/push", SignedCall.Push([id], "{}", serverHost: "unknown.example.com"));
        Assert.Equal((400, 9003), (status, answer.GetProperty("code").GetInt32()));
        await phone.PingAsync();
    }

    [Theory]
    [InlineData("/get/wsurl")]
    [InlineData("/ws/push")]
    public async Task Without_any_key_every_call_is_refused(string path)
    {
        await using var gateway = await HttpGateway.StartAsync(static options => options.SignatureKey = null);
        foreach (var key in new[] { "", SignedCall.Key })
        {
            var (status, answer) = await gateway.Server.Client.PostAsync(path, SignedCall.Push(["x"], "{}", key: key));
            Assert.Equal((400, 9003), (status, answer.GetProperty("code").GetInt32()));
        }
    }

    [Theory]
    [InlineData("", 9001)]
    [InlineData("{", 9001)]
    [InlineData("[]", 9002)]
    [InlineData("""{"data":"[]"}""", 9002)]
    [InlineData("""{"data":"[]","signature":"a094e2ef8c1dbf8caa8c2b2a4b3dbbeb8ae1e0a7"}""", 9003)]
    public async Task A_bad_envelope_is_refused(string body, int code)
    {
        await using var gateway = await HttpGateway.StartAsync();
        foreach (var path in new[] { "/ws/push", "/get/wsurl" })
        {
            var (status, answer) = await gateway.Server.Client.PostAsync(path, body);
            Assert.Equal((400, code), (status, answer.GetProperty("code").GetInt32()));
        }
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[[]]")]
    [InlineData("[null]")]
    [InlineData("null")]
    [InlineData("[1]")]
    [InlineData("[{}]")]
    [InlineData("[]x")]
    [InlineData("""[{"type":"close"}]""")]
    [InlineData("""[{"tunnelIds":null,"type":"close"}]""")]
    [InlineData("""[{"tunnelIds":"{id}","type":"close"}]""")]
    [InlineData("""[{"tunnelIds":[null],"type":"close"}]""")]
    [InlineData("""[{"tunnelIds":[1],"type":"close"}]""")]
    [InlineData("""[{"tunnelIds":[["{id}"]],"type":"close"}]""")]
    [InlineData("""[{"tunnelIds":["{id}"]}]""")]
    [InlineData("""[{"tunnelIds":["{id}"],"type":1}]""")]
    [InlineData("""[{"tunnelIds":["{id}"],"type":null}]""")]
    [InlineData("""[{"tunnelIds":["{id}"],"type":"CLOSE"}]""")]
    [InlineData("""[{"tunnelIds":["{id}"],"type":"close","type":"message","content":"{}"}]""")]
    [InlineData("""[{"tunnelIds":["{id}"],"type":"close"},{"tunnelIds":["{id}"],"type":"unknown"}]""")]
    [InlineData("""[{"tunnelIds":["{id}"],"type":"message","content":1}]""")]
    [InlineData("""[{"tunnelIds":["{id}"],"type":"message","content":null}]""")]
    [InlineData("""[{"tunnelIds":["{id}"],"type":"message","content":{"type":"x"}}]""")]
    [InlineData("""[{"tunnelIds":["{id}"],"type":"message","content":"null"}]""")]
    [InlineData("""[{"tunnelIds":["{id}"],"type":"message","content":"[]"}]""")]
    [InlineData("""[{"tunnelIds":["{id}"],"type":"message","content":"{"}]""")]
    [InlineData("""[{"tunnelIds":["{id}"],"type":"message","content":"{}{}"}]""")]
    [InlineData("""[{"tunnelIds":["{id}"],"type":"message","content":"{'type':1}"}]""")]
    [InlineData("""[{"tunnelIds":["x",1],"type":"close"}]""")]
    [InlineData("""[{"tunnelIds":["x"],"type":"connect"}]""")]
    [InlineData("""[{"tunnelIds":["{id}"],"type":"message"}]""")]
    [InlineData("""[{"tunnelIds":["{id}"],"type":"message","content":"text"}]""")]
    [InlineData("""[{"tunnelIds":["{id}"],"type":"message","content":"{}"},{"type":"close"}]""")]
    public async Task A_bad_push_is_refused_as_a_whole(string data)
    {
        await using var gateway = await HttpGateway.StartAsync();
        var (phone, id) = await gateway.ConnectAsync();
        var (status, answer) = await gateway.Server.Client.PostAsync(
            "/ws/push", SignedCall.Body(data.Replace("{id}", id, StringComparison.Ordinal)));
        Assert.Equal((400, 9004), (status, answer.GetProperty("code").GetInt32()));
        await phone.PingAsync();
    }

    [Fact]
    public async Task Bad_ids_of_all_kinds_are_named_in_the_callers_order()
    {
        await using var gateway = await HttpGateway.StartAsync(static options =>
        {
            options.SignatureKey = null;
            options.Clients["a.example.com"] = SignedCall.Key;
            options.Clients["b.example.com"] = "another key of some length";
        });
        var (phone, open) = await gateway.ConnectAsync(serverHost: "a.example.com");
        var (gone, closed) = await gateway.ConnectAsync(serverHost: "a.example.com");
        gone.Reset();
        await gateway.App.NextAsync(PacketType.Close);
        var (pending, _) = await gateway.RequestAsync(serverHost: "a.example.com");
        var (foreign, _) = await gateway.RequestAsync("another key of some length", "b.example.com");
        var (_, answer) = await gateway.Server.Client.PostAsync(
            "/ws/push", SignedCall.Push(["unknown", open, foreign, closed, pending, "unknown"], "{}", serverHost: "a.example.com"));
        Assert.Equal($$"""{"invalidTunnelIds":["unknown","{{foreign}}","{{closed}}","{{pending}}"]}""", answer.GetProperty("data").GetRawText());
        Assert.Equal("message:{}", await phone.ReadTextAsync());
    }

    [Theory]
    [InlineData("{\n \"type\":\"a\\n\",\r\n\t\"content\":\"\u2028</script>\u202E\\u0000\" }")]
    [InlineData("{\"type\":\"中 😀\",\"content\":[{\"n\":1e999}]}")]
    public async Task A_pushed_text_is_one_frame_byte_for_byte(string content)
    {
        await using var gateway = await HttpGateway.StartAsync();
        var (phone, id) = await gateway.ConnectAsync();
        var (status, _) = await gateway.Server.Client.PostAsync("/ws/push", SignedCall.Push([id], content));
        Assert.Equal(200, status);
        Assert.Equal("message:" + content, await phone.ReadTextAsync());
        await phone.PingAsync();
    }

    [Fact]
    public async Task The_longest_push_arrives()
    {
        await using var gateway = await HttpGateway.StartAsync();
        var (phone, id) = await gateway.ConnectAsync();
        var content = $$"""{"type":"{{new string('"', 32 * 1024 - 10).Replace("\"", "\\\"", StringComparison.Ordinal)}}"}""";
        content += new string(' ', 64 * 1024 - content.Length);
        var (status, _) = await gateway.Server.Client.PostAsync("/ws/push", SignedCall.Push([id], content));
        Assert.Equal(200, status);
        Assert.Equal("message:" + content, await phone.ReadTextAsync());
    }

    [Fact]
    public async Task What_is_not_asked_for_is_ignored()
    {
        await using var gateway = await HttpGateway.StartAsync();
        var data = $$"""{"skey":{"a":[1]},"protocolType":"ws","receiveUrl":"{{gateway.ReceiveUrl}}","x":null}""";
        var (status, answer) = await gateway.Server.Client.PostAsync("/get/wsurl", SignedCall.Body(data, withKey: true));
        Assert.Equal((200, 0), (status, answer.GetProperty("code").GetInt32()));
    }

    [Fact]
    public async Task A_push_to_nobody_is_answered()
    {
        await using var gateway = await HttpGateway.StartAsync();
        foreach (var data in new[] { "[]", """[{"tunnelIds":[],"type":"close"}]""" })
        {
            var (status, answer) = await gateway.Server.Client.PostAsync("/ws/push", SignedCall.Body(data));
            Assert.Equal((200, """{"invalidTunnelIds":[]}"""), (status, answer.GetProperty("data").GetRawText()));
        }
    }

    [Theory]
    [InlineData("{}", 9004)]
    [InlineData("[]", 9004)]
    [InlineData("""{"receiveUrl":""}""", 9004)]
    [InlineData("""{"receiveUrl":1}""", 9004)]
    [InlineData("""{"receiveUrl":"http://h/t","receiveUrl":"http://h/u"}""", 9004)]
    [InlineData("""{"receiveUrl":"http://h/\ud800"}""", 9004)]
    [InlineData("""{"receiveUrl":"http://h/t","protocolType":"javascript"}""", 9004)]
    [InlineData("""{"receiveUrl":"/tunnel"}""", 9008)]
    [InlineData("""{"receiveUrl":"//h/x"}""", 9008)]
    [InlineData("""{"receiveUrl":"file:///etc/passwd"}""", 9008)]
    [InlineData("""{"receiveUrl":"http://user:pass@h/t"}""", 9008)]
    public async Task A_bad_request_for_a_tunnel_is_refused(string data, int code)
    {
        await using var gateway = await HttpGateway.StartAsync();
        var (status, answer) = await gateway.Server.Client.PostAsync("/get/wsurl", SignedCall.Body(data));
        Assert.Equal((400, code), (status, answer.GetProperty("code").GetInt32()));
    }

    [Theory]
    [InlineData(null, "127.0.0.1:5081", "ws", "ws://127.0.0.1:5081/ws/")]
    [InlineData(null, "127.0.0.1:5081", "wss", "ws://127.0.0.1:5081/ws/")]
    [InlineData(null, "localhost", "wss", "ws://localhost/ws/")]
    [InlineData(null, "[::1]:5081", "wss", "ws://[::1]:5081/ws/")]
    [InlineData(null, "ws.example.org", "wss", "wss://ws.example.org/ws/")]
    [InlineData(null, "ws.example.org", "ws", "ws://ws.example.org/ws/")]
    [InlineData(null, "ws.example.org", null, "wss://ws.example.org/ws/")]
    [InlineData("https://ws.example.com/x", "ws.example.org", "ws", "wss://ws.example.com/x/ws/")]
    public async Task The_protocol_type_counts_where_no_address_is_configured_and_the_host_is_not_this_machine(
        string? publicUrl, string host, string? type, string expected)
    {
        await using var gateway = await HttpGateway.StartAsync(options => options.PublicUrl = publicUrl);
        gateway.Server.Client.DefaultRequestHeaders.Host = host;
        var (_, answer) = await gateway.Server.Client.PostAsync("/get/wsurl", SignedCall.WsUrl(gateway.ReceiveUrl, protocolType: type));
        var url = JsonElement.Parse(answer.GetProperty("data").GetString()!).GetProperty("connectUrl").GetString();
        Assert.StartsWith(expected, url, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_signature_that_was_made_for_the_other_path_does_nothing()
    {
        await using var gateway = await HttpGateway.StartAsync();
        var (status, answer) = await gateway.Server.Client.PostAsync("/ws/push", SignedCall.WsUrl(gateway.ReceiveUrl));
        Assert.Equal((400, 9004), (status, answer.GetProperty("code").GetInt32()));
        Assert.Empty(gateway.App.Accepted);
    }

    private static string Kind(JsonElement line) => line.GetProperty("k").GetString()!;
}
