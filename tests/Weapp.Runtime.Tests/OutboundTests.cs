using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Weapp.Runtime.Tests.Support;

namespace Weapp.Runtime.Tests;

/// <summary>What the app sends, as a tunnel server in another process gets it.</summary>
public sealed class OutboundTests
{
    private const string OfficialKey = "9f338d1f0ecc37d25ac7b161c1d7bf72";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_typed_message_is_the_official_SDKs_bit_for_bit()
    {
        var official = Captures.Servers("push")[0];
        await using var tunnels = await FakeTunnelServer.StartAsync();
        await using var app = await ChatApp.StartAsync<SendingHandler>(options =>
        {
            tunnels.Serve(options);
            options.ServerHost = "127.0.0.1";
            options.TunnelSignatureKey = OfficialKey;
        });
        app.Server.Secret(OfficialKey);

        var result = await Client(app).Emit("t2aabbccddeeff").People(new People(1, Who()));

        Assert.Empty(result.InvalidTunnelIds);
        var call = Assert.Single(tunnels.Calls);
        Assert.Equal("/ws/push", call.Path);
        Assert.Equal(["data", "dataEncode", "tcId", "signature"], call.Envelope.EnumerateObject().Select(static member => member.Name));
        foreach (var member in (string[])["data", "tcId", "signature"])
            Assert.Equal(official.GetProperty(member).GetString(), call.Text(member));
        Assert.DoesNotContain(app.Server.Logs.Lines, static line => line.Category.StartsWith("System.Net.Http", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Text_of_any_kind_means_what_the_official_SDKs_means_and_Chinese_stays_as_it_is()
    {
        var official = JsonElement.Parse(Captures.Servers("push")[1].GetProperty("data").GetString()!)[0].GetProperty("content").GetString()!;
        await using var tunnels = await FakeTunnelServer.StartAsync();
        await using var app = await ChatApp.StartAsync<SendingHandler>(tunnels.Serve);

        await Client(app).Emit("t1").Speak(new Spoken(Who(), "大家好啊 \"quoted\" \\ back\n😀"), Token);

        var content = Assert.Single(tunnels.Calls).Packet.GetProperty("content").GetString()!;
        Assert.True(JsonElement.DeepEquals(JsonElement.Parse(official), JsonElement.Parse(content)));
        Assert.Contains("大家好啊 ", tunnels.Calls.Single().Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", 0xD83D, "")]
    [InlineData("cut ", 0xD83D, " here")]
    [InlineData("\\\\", 0xDC00, "")]
    public async Task Half_a_character_is_refused_and_nothing_is_sent(string before, int half, string after)
    {
        var text = before + (char)half + after;
        await using var tunnels = await FakeTunnelServer.StartAsync();
        await using var app = await ChatApp.StartAsync<SendingHandler>(tunnels.Serve);

        var typed = await Assert.ThrowsAsync<ArgumentException>(async () => await Client(app).Emit("t1").Speak(new Spoken(Who(), text), Token));
        await Assert.ThrowsAsync<ArgumentException>(async () => await app.Server.Service<ITunnels>().EmitAsync("t1", "raw", text, Token));
        Assert.Contains("'speak' has half a character", typed.Message, StringComparison.Ordinal);
        Assert.Empty(tunnels.Calls);

        await Client(app).Emit("t1").Speak(new Spoken(Who(), "\\uFFFD \uFFFD 😀"), Token);
        Assert.Single(tunnels.Calls);
    }

    [Fact]
    public async Task Every_way_of_sending_makes_one_signed_call()
    {
        await using var tunnels = await FakeTunnelServer.StartAsync();
        await using var app = await ChatApp.StartAsync<SendingHandler>(tunnels.Serve);
        var untyped = app.Server.Service<ITunnels>();

        await untyped.EmitAsync("t1", "n", 12.5, Token);
        await untyped.EmitAsync("t1", "nothing", (string?)null, Token);
#pragma warning disable WEAPP011 // The untyped call is what this test is about.
        await untyped.EmitAsync("t1", "poke", Token);
#pragma warning restore WEAPP011
        await untyped.BroadcastAsync(Lazily("t1", "t\"2\\", "三"), "你好", new { A = 1 }, Token);
        await untyped.CloseAsync("t1", Token);
        await Client(app).Emit("t1").Poke();
        await Client(app).Broadcast(Lazily("t1", "t2")).People(new People(2));
        await Client(app).CloseAsync("t2", Token);

        Assert.Equal(
            [
                """[{"tunnelIds":["t1"],"type":"message","content":"{\"type\":\"n\",\"content\":12.5}"}]""",
                """[{"tunnelIds":["t1"],"type":"message","content":"{\"type\":\"nothing\",\"content\":null}"}]""",
                """[{"tunnelIds":["t1"],"type":"message","content":"{\"type\":\"poke\"}"}]""",
                """[{"tunnelIds":["t1","t\"2\\","三"],"type":"message","content":"{\"type\":\"你好\",\"content\":{\"a\":1}}"}]""",
                """[{"tunnelIds":["t1"],"type":"close"}]""",
                """[{"tunnelIds":["t1"],"type":"message","content":"{\"type\":\"poke\"}"}]""",
                """[{"tunnelIds":["t1","t2"],"type":"message","content":"{\"type\":\"people\",\"content\":{\"total\":2}}"}]""",
                """[{"tunnelIds":["t2"],"type":"close"}]""",
            ],
            tunnels.Calls.Select(static call => call.Data));
        Assert.All(tunnels.Calls, static call =>
        {
            Assert.Equal("/ws/push", call.Path);
            Assert.Equal("application/json", call.ContentType);
            Assert.Equal(FakeTunnelServer.Sign(call.Data, SignedEvent.Key), call.Text("signature"));
            Assert.False(call.Envelope.TryGetProperty("tcKey", out _));
        });
    }

    [Fact]
    public async Task A_room_and_a_user_are_those_who_are_there_when_the_message_is_sent()
    {
        await using var tunnels = await FakeTunnelServer.StartAsync();
        await using var app = await ChatApp.StartAsync<SendingHandler>(tunnels.Serve, static options => options.CheckLogin = true);
        var directory = app.Server.Service<ITunnelDirectory>();
        await app.GetAsync(openId: "o-1");
        var room = Client(app).Room("lobby");
        var user = Client(app).User("o-1");

        await directory.JoinAsync("t1", "lobby", Token);
        await room.Poke();
        await directory.JoinAsync("t2", "lobby", Token);
        await directory.LeaveAsync("t1", "lobby", Token);
        await room.People(new People(1));
        await user.Speak(new Spoken(Who(), "only you"), Token);

        Assert.Equal(
            ["t1", "t2", FakeTunnelServer.TunnelId],
            tunnels.Calls.Skip(1).Select(static call => Assert.Single(call.Packet.GetProperty("tunnelIds").EnumerateArray()).GetString()));
    }

    [Fact]
    public async Task To_nobody_nothing_is_sent()
    {
        await using var tunnels = await FakeTunnelServer.StartAsync();
        await using var app = await ChatApp.StartAsync<SendingHandler>(tunnels.Serve);

        EmitResult[] results =
        [
            await app.Server.Service<ITunnels>().BroadcastAsync([], "n", 1, Token),
            await app.Server.Service<ITunnels>().BroadcastAsync(Lazily(), "n", 1, Token),
            await Client(app).Broadcast([]).People(new People(1)),
            await Client(app).Broadcast([]).Poke(),
            await Client(app).Room("empty").People(new People(1)),
            await Client(app).User("nobody").Poke(),
        ];

        Assert.All(results, static result => Assert.False(result.HasInvalidTunnelIds));
        Assert.Empty(tunnels.Calls);
    }

    [Theory]
    [InlineData("", "", "x")]
    [InlineData("t1", "", "x")]
    public async Task Nameless_tunnels_and_messages_are_refused_before_anything_is_sent(string tunnelId, string type, string content)
    {
        await using var tunnels = await FakeTunnelServer.StartAsync();
        await using var app = await ChatApp.StartAsync<SendingHandler>(tunnels.Serve);

        await Assert.ThrowsAsync<ArgumentException>(async () => await app.Server.Service<ITunnels>().EmitAsync(tunnelId, type, content, Token));
        Assert.Throws<ArgumentException>(() => Client(app).Room(""));
        Assert.Throws<ArgumentException>(() => Client(app).User(""));
        Assert.Throws<ArgumentException>(() => Client(app).Emit(""));
        await Assert.ThrowsAsync<ArgumentException>(async () => await Client(app).CloseAsync("", Token));
        Assert.Empty(tunnels.Calls);
    }

    [Theory]
    [InlineData("""{"code":0}""", "")]
    [InlineData("""{"code":0,"data":null}""", "")]
    [InlineData("""{"code":0,"data":""}""", "")]
    [InlineData("""{"code":0,"data":"null"}""", "")]
    [InlineData("""{"code":0,"data":{}}""", "")]
    [InlineData("""{"code":0,"data":"{}"}""", "")]
    [InlineData("""{"code":0,"data":{"invalidTunnelIds":[]}}""", "")]
    [InlineData("""{"code":0,"data":{"invalidTunnelIds":null}}""", "")]
    [InlineData("""{"code":0,"data":{"invalidTunnelIds":"t1"}}""", "")]
    [InlineData("""{"code":0,"data":{"invalidTunnelIds":["t2"]}}""", "t2")]
    [InlineData("""{"code":0,"data":"{\"invalidTunnelIds\":[\"t2\"]}"}""", "t2")]
    [InlineData("""{"code":0,"data":{"invalidTunnelIds":["t3","t1"],"more":{}}}""", "t3 t1")]
    [InlineData("""{"code":0,"data":{"invalidTunnelIds":["t1","t1",7,null,"never sent","T2"]}}""", "t1")]
    [InlineData("\uFEFF{\"code\":0,\"data\":{\"invalidTunnelIds\":[\"t2\"]}}", "t2")]
    public async Task Invalid_ids_are_those_of_the_answer_that_were_sent(string answer, string expected)
    {
        await using var tunnels = await FakeTunnelServer.StartAsync(answer);
        await using var app = await ChatApp.StartAsync<SendingHandler>(tunnels.Serve);

        var result = await Client(app).Broadcast(["t1", "t2", "t3"]).Poke();

        Assert.Equal(expected, string.Join(' ', result.InvalidTunnelIds));
        Assert.Equal(expected.Length > 0, result.HasInvalidTunnelIds);
    }

    [Fact]
    public async Task A_right_signature_of_the_answer_is_accepted()
    {
        await using var tunnels = await FakeTunnelServer.StartAsync(FakeTunnelServer.SignedAnswer("""{"invalidTunnelIds":["t1"]}"""));
        await using var app = await ChatApp.StartAsync<SendingHandler>(tunnels.Serve);

        Assert.Equal(["t1"], (await Client(app).Emit("t1").Poke()).InvalidTunnelIds);
    }

    [Fact]
    public async Task The_apps_JSON_options_write_contents()
    {
        await using var tunnels = await FakeTunnelServer.StartAsync();
        await using var app = await ChatApp.StartAsync<SendingHandler>(tunnels.Serve, configure: static builder => builder.Services.ConfigureHttpJsonOptions(
            static options => options.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseUpper));

        await Client(app).Emit("t1").People(new People(3));

        Assert.Equal("""{"type":"people","content":{"TOTAL":3}}""", Assert.Single(tunnels.Calls).Packet.GetProperty("content").GetString());
    }

    [Fact]
    public async Task A_content_that_cannot_be_written_sends_nothing_and_spoils_nothing()
    {
        await using var tunnels = await FakeTunnelServer.StartAsync();
        await using var app = await ChatApp.StartAsync<SendingHandler>(tunnels.Serve);
        var loop = new List<object>();
        loop.Add(loop);

        await Assert.ThrowsAsync<JsonException>(async () => await app.Server.Service<ITunnels>().EmitAsync("t1", "loop", loop, Token));
        await Client(app).Emit("t1").People(new People(4));

        Assert.Equal("""{"type":"people","content":{"total":4}}""", Assert.Single(tunnels.Calls).Packet.GetProperty("content").GetString());
    }

    [Fact]
    public async Task Long_messages_arrive_whole()
    {
        await using var tunnels = await FakeTunnelServer.StartAsync();
        await using var app = await ChatApp.StartAsync<SendingHandler>(tunnels.Serve);
        var word = string.Concat(Enumerable.Repeat("三木\n\"", 40_000));

        await app.Server.Service<ITunnels>().EmitAsync("t1", "long", word, Token);

        var content = Assert.Single(tunnels.Calls).Packet.GetProperty("content").GetString()!;
        Assert.Equal(word, JsonElement.Parse(Encoding.UTF8.GetBytes(content)).GetProperty("content").GetString());
    }

    private static ITunnels<IChatClient> Client(ChatApp app) => app.Server.Service<ITunnels<IChatClient>>();

    private static UserInfo Who() => new()
    {
        OpenId = "o-c1",
        NickName = "三木c1",
        AvatarUrl = "http://127.0.0.1/a.png",
        Gender = 1,
        Language = "zh_CN",
        City = "广州",
        Province = "广东",
        Country = "中国",
    };

    private static IEnumerable<string> Lazily(params string[] ids)
    {
        foreach (var id in ids)
            yield return id;
    }
}
