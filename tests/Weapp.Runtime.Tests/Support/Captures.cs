using System.Text.Json;

namespace Weapp.Runtime.Tests.Support;

/// <summary>What the official Node SDK sent to the servers.</summary>
internal static class Captures
{
    private static readonly JsonElement All = JsonElement.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "captures/servers.json")));

    /// <summary>The envelopes of one kind of call, in order.</summary>
    public static JsonElement[] Servers(string kind) =>
    [
        .. All.EnumerateArray()
            .Where(entry => entry.GetProperty("k").GetString() == kind)
            .Select(static entry => JsonElement.Parse(entry.GetProperty("request").GetString()!)),
    ];
}
