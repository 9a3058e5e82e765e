using System.Text.Json;

namespace Weapp.Protocol.Tests;

/// <summary>The captured traffic of the official client, SDK and servers.</summary>
public static class Captures
{
    public static IReadOnlyList<JsonElement> PostVectors { get; } = Load("post-vectors.json");

    public static IReadOnlyList<JsonElement> Client { get; } = Load("client.json");

    public static IReadOnlyList<JsonElement> Servers { get; } = Load("servers.json");

    public static IEnumerable<JsonElement> OfKind(this IEnumerable<JsonElement> capture, string kind) => capture.Where(e => e.Text("k") == kind);

    public static string Text(this JsonElement element, string member) => element.GetProperty(member).GetString()!;

    private static IReadOnlyList<JsonElement> Load(string name)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "captures", name)));
        return [.. document.RootElement.Clone().EnumerateArray()];
    }
}
