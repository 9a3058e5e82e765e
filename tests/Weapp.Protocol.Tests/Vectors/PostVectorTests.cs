using System.Text.Json;
using System.Text.Json.Nodes;
using Weapp.Protocol.Packets;

namespace Weapp.Protocol.Tests.Vectors;

/// <summary>What the official Node SDK answered to 40 bodies, and what we make of them.</summary>
public sealed class PostVectorTests
{
    // Where the protocol's "We:" lines differ from Node: our answer, beside what Node did.
    private static readonly Dictionary<string, Received> Ours = new()
    {
        // Node: 200, no event.
        ["packet null"] = Refused("null"),
        ["packet number"] = Refused("5"),

        // Node: 200 with the code 9004 in the body.
        ["packet not json"] = Refused("whatever"),

        // Node: the raw text as content.
        ["no content member"] = Received.Post(Received.Message("""{"type":"only"}""")),

        // Node: throws after its answer, so no event.
        ["raw json number"] = Received.Post(Received.Message("123")),
        ["raw json null"] = Received.Post(Received.Message("null")),

        // Node: content undefined, or null.
        ["message without content"] = Received.Post(Received.Sign("""{"tunnelId":"tunnel1","type":"message"}""")),
        ["message content null"] = Received.Post(Received.Sign("""{"tunnelId":"tunnel1","type":"message"}""")),
    };

    public static TheoryData<string> Names => [.. Captures.PostVectors.Select(static v => v.Text("name"))];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_body_means_what_it_meant_to_the_official_sdk(string name)
    {
        var vector = Captures.PostVectors.Single(v => v.Text("name") == name);

        var received = Received.Post(vector.Text("body"));

        if (Ours.TryGetValue(name, out var ours))
        {
            Assert.Equal(ours, received);
            return;
        }

        Assert.Equal(vector.GetProperty("status").GetInt32(), received.Status);
        Assert.Equal(vector.GetProperty("response").GetProperty("code").GetInt32(), received.Code);
        var events = vector.GetProperty("events");
        if (events.GetArrayLength() == 0)
            Assert.Equal(PacketType.Unknown, received.Type);
        else
            AssertSame(events[0], received);
    }

    [Fact]
    public void The_deviations_are_what_the_protocol_says()
    {
        Assert.Equal((400, 9004), (Ours["packet null"].Status, Ours["packet null"].Code));
        Assert.Equal(("only", ContentKind.None), (Ours["no content member"].MessageType, Ours["no content member"].Kind));
        Assert.Equal(("UnknownRaw", ContentKind.Text, "123"), Message("raw json number"));
        Assert.Equal(("UnknownRaw", ContentKind.Text, "null"), Message("raw json null"));
        Assert.Equal(("UnknownRaw", ContentKind.None, null), Message("message without content"));
        Assert.All(Ours.Keys, static name => Assert.Contains(name, Names.Select(static row => row.Data)));
    }

    private static (string? Type, ContentKind Kind, string? Content) Message(string name) =>
        (Ours[name].MessageType, Ours[name].Kind, Ours[name].Content);

    private static Received Refused(string data)
    {
        var received = Received.Post(Received.Sign(data));
        Assert.Equal(9004, received.Code);
        return received;
    }

    private static void AssertSame(JsonElement expected, Received received)
    {
        Assert.Equal(expected[0].GetString(), received.Type.ToString().ToLowerInvariant());
        Assert.Equal(expected[1].GetString(), received.TunnelId);
        if (received.Type != PacketType.Message)
            return;
        Assert.Equal(expected[2].GetString(), received.MessageType);
        var content = received.Kind == ContentKind.Json ? JsonNode.Parse(received.Content!) : JsonValue.Create(received.Content);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected[3].GetRawText()), content), received.Content);
    }
}
