using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Unicode;

namespace Weapp.Protocol.Text;

/// <summary>A peer's JSON as a document whose strings can all be read: what is not strict is refused as a whole.</summary>
public static class StrictDocument
{
    /// <summary>Session messages nest four deep; anything far beyond is no session message.</summary>
    private const int MaxDepth = 32;

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = MaxDepth, AllowDuplicateProperties = false };

    /// <summary>
    /// Parses a text. What is refused as not strict: invalid UTF-8, lone surrogates, members given twice, comments, and nesting deeper
    /// than 32.
    /// </summary>
    /// <param name="text">UTF-8 JSON; it must stay unchanged as long as the document is used.</param>
    /// <param name="document">The document, to be disposed.</param>
    /// <returns>False for anything but strict JSON.</returns>
    public static bool TryParse(ReadOnlyMemory<byte> text, [NotNullWhen(true)] out JsonDocument? document)
    {
        document = null;
        if (text.Span.StartsWith("\uFEFF"u8))
            text = text[3..];
        if (!Utf8.IsValid(text.Span))
            return false;
        var cursor = new JsonCursor(text.Span);
        if (!cursor.TrySkip() || !cursor.TryFinish())
            return false;
        try
        {
            document = JsonDocument.Parse(text, Options);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>A member that is a string which is not empty; otherwise null.</summary>
    /// <param name="element">An object of a strict document.</param>
    /// <param name="member">The member's name.</param>
    public static string? Text(this JsonElement element, ReadOnlySpan<byte> member) =>
        element.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text
            ? text
            : null;
}
