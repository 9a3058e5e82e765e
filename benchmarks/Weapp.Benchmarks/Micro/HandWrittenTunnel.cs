using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Weapp.Benchmarks.Events;

namespace Weapp.Benchmarks.Micro;

/// <summary>The yardstick of P1b: bytes → method as an experienced ASP.NET Core developer writes it in one sitting.</summary>
internal sealed class HandWrittenTunnel(string key, SpeakHandler handler)
{
    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web);

    /// <summary>Takes an event; false when its signature is wrong.</summary>
    public bool Handle(ReadOnlySpan<byte> body)
    {
        // What a minimal API does for a JsonElement parameter.
        var envelope = JsonSerializer.Deserialize<JsonElement>(body, Web);
        var data = envelope.GetProperty("data").GetString()!;
        var signature = envelope.GetProperty("signature").GetString();
        var expected = Convert.ToHexString(SHA1.HashData(Encoding.UTF8.GetBytes(data + key)));
        if (!string.Equals(expected, signature, StringComparison.OrdinalIgnoreCase))
            return false;

        using var packet = JsonDocument.Parse(data);
        var tunnelId = packet.RootElement.GetProperty("tunnelId").GetString()!;
        if (packet.RootElement.GetProperty("type").GetString() != "message")
            return true;
        using var message = JsonDocument.Parse(packet.RootElement.GetProperty("content").GetString()!);
        if (message.RootElement.GetProperty("type").GetString() == "speak")
            handler.OnSpeak(tunnelId, message.RootElement.GetProperty("content").Deserialize<SpeakPayload>(Web)!);
        return true;
    }
}
