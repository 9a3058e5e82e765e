using System.Text;
using System.Text.Json;
using Weapp.Protocol.Packets;

namespace Weapp.Protocol.Tests.Properties;

/// <summary>The wire's rules in the slowest and plainest way: System.Text.Json documents, strings, and every name looked at.</summary>
public static class Reference
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The code with which an envelope is refused, or its data.</summary>
    public static (int Code, string? Data) Envelope(byte[] body)
    {
        if (body.AsSpan().StartsWith("\uFEFF"u8))
            body = body[3..];
        if (!TryParse(body, out var root) || root.ValueKind is JsonValueKind.Number or JsonValueKind.String or JsonValueKind.True or JsonValueKind.False)
            return (9001, null);
        if (root.ValueKind != JsonValueKind.Object)
            return (9002, null);
        if (HasTwice(root, "data", "signature", "dataEncode", "tcId", "tcKey"))
            return (9001, null);
        var encoding = root.TryGetProperty("dataEncode", out var member) && member.ValueKind != JsonValueKind.Null ? Text(member) ?? "" : "json";
        var data = root.TryGetProperty("data", out member) ? Text(member) : null;
        var signature = root.TryGetProperty("signature", out member) ? Text(member) : null;
        return string.IsNullOrEmpty(data) || string.IsNullOrEmpty(signature) || encoding != "json" ? (9002, null) : (0, data);
    }

    public static (string Type, ContentKind Kind, string? Content) Message(string text)
    {
        if (!TryParse(Encoding.UTF8.GetBytes(text), out var root) || root.ValueKind != JsonValueKind.Object || HasTwice(root, "type", "content"))
            return (MessageText.UnknownRaw, ContentKind.Text, text);
        var type = root.TryGetProperty("type", out var member) ? Text(member) : null;
        var content = root.TryGetProperty("content", out member) ? member.GetRawText() : null;
        if (string.IsNullOrEmpty(type))
            return content is null ? (MessageText.UnknownRaw, ContentKind.Text, text) : (MessageText.UnknownRaw, ContentKind.Json, content);
        return (type, content is null ? ContentKind.None : ContentKind.Json, content);
    }

    private static bool TryParse(byte[] json, out JsonElement root)
    {
        root = default;
        try
        {
            StrictUtf8.GetString(json);
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 64 });
            root = document.RootElement.Clone();
            return IsWellFormed(root);
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            return false;
        }
    }

    private static bool IsWellFormed(JsonElement element)
    {
        try
        {
            return element.ValueKind switch
            {
                JsonValueKind.String => element.GetString() is not null,
                JsonValueKind.Array => element.EnumerateArray().All(IsWellFormed),
                JsonValueKind.Object => element.EnumerateObject().All(static p => p.Name is not null && IsWellFormed(p.Value)),
                _ => true,
            };
        }
        catch (InvalidOperationException)
        {
            // A lone surrogate.
            return false;
        }
    }

    private static bool HasTwice(JsonElement element, params string[] names) =>
        element.EnumerateObject().Select(static p => p.Name).Where(names.Contains).GroupBy(static name => name).Any(static group => group.Count() > 1);

    private static string? Text(JsonElement element) => element.ValueKind == JsonValueKind.String ? element.GetString() : null;
}
