using System.Text;
using System.Text.Json;
using Weapp.Runtime.Tests.Support;

namespace Weapp.Runtime.Tests;

/// <summary>What the official Node SDK answers to forty bodies, and where this project differs on purpose (protocol section 5).</summary>
public sealed class PostVectorTests
{
    private const string Key = "9f338d1f0ecc37d25ac7b161c1d7bf72";
    private const string BadPacket = """400 {"code":9004,"message":"Bad request - parse data failed"}""";
    private const string Accepted = """200 {"code":0,"message":"ok"}""";

    /// <summary>By vector: our answer and what our handler sees.</summary>
    private static readonly Dictionary<string, (string Answer, string[] Events)> Ours = new()
    {
        ["packet null"] = (BadPacket, []),
        ["packet number"] = (BadPacket, []),
        ["packet not json"] = (BadPacket, []),
        // Node hands over the whole text; a message without content has none.
        ["no content member"] = (Accepted, ["message tunnel1 only (none)"]),
        // Node fails on these after it has answered.
        ["raw json number"] = (Accepted, ["message tunnel1 UnknownRaw \"123\""]),
        ["raw json null"] = (Accepted, ["message tunnel1 UnknownRaw \"null\""]),
        ["message without content"] = (Accepted, ["message tunnel1 UnknownRaw (none)"]),
        ["message content null"] = (Accepted, ["message tunnel1 UnknownRaw (none)"]),
    };

    private static readonly JsonElement[] Vectors =
        [.. JsonElement.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "captures/post-vectors.json"))).EnumerateArray()];

    public static TheoryData<string> Names => [.. Vectors.Select(static vector => vector.GetProperty("name").GetString()!)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_vector_is_answered_as_the_official_SDK_does(string name)
    {
        var vector = Vectors.Single(vector => vector.GetProperty("name").GetString() == name);
        var body = Encoding.UTF8.GetBytes(vector.GetProperty("body").GetString()!);
        await using var app = await ChatApp.StartAsync<RecordingHandler>(static options => options.TunnelSignatureKey = Key);

        var answer = await app.PostAsync(SignedEvent.Raw(body));

        var (expectedAnswer, expectedEvents) = Ours.TryGetValue(name, out var ours) ? ours : Theirs(vector);
        Assert.Equal(expectedAnswer, $"{(int)answer.Status} {answer.Text}");
        Assert.Equal(expectedEvents, app.Journal.All);
    }

    [Fact]
    public void There_are_forty_vectors_and_every_difference_names_one_and_is_one()
    {
        Assert.Equal(40, Vectors.Length);
        Assert.All(Ours, static ours =>
        {
            var theirs = Theirs(Vectors.Single(vector => vector.GetProperty("name").GetString() == ours.Key));
            Assert.False(theirs.Answer == ours.Value.Answer && theirs.Events.SequenceEqual(ours.Value.Events));
        });
    }

    private static (string Answer, string[] Events) Theirs(JsonElement vector) => (
        $"{vector.GetProperty("status").GetInt32()} {JsonSerializer.Serialize(vector.GetProperty("response"))}",
        [.. vector.GetProperty("events").EnumerateArray().Select(Event)]);

    private static string Event(JsonElement e) => e[0].GetString() == "message"
        ? $"message {e[1].GetString()} {e[2].GetString()} {JsonSerializer.Serialize(e[3])}"
        : $"{e[0].GetString()} {e[1].GetString()} nobody";
}
