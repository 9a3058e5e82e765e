using System.Text;
using System.Text.Json;

namespace Weapp.Protocol.Text;

/// <summary>What <see cref="Utf8JsonReader"/> leaves open: lone surrogates are refused everywhere, in skipped values too.</summary>
internal static class StrictReader
{
    /// <summary>Reads past the current value; false when some string in it has a lone surrogate.</summary>
    public static bool TrySkip(ref Utf8JsonReader reader)
    {
        var depth = reader.CurrentDepth;
        var ok = IsWellFormed(in reader);
        if (reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray))
            return ok;
        while (reader.Read() && reader.CurrentDepth > depth)
            ok &= IsWellFormed(in reader);
        return ok;
    }

    /// <summary>Reads to the end of the text; false when some string in it has a lone surrogate.</summary>
    public static bool TryDrain(ref Utf8JsonReader reader)
    {
        var ok = IsWellFormed(in reader);
        while (reader.Read())
            ok &= IsWellFormed(in reader);
        return ok;
    }

    /// <summary>The text of a string token; it allocates only when the token has escapes.</summary>
    public static bool TryGetText(scoped in Utf8JsonReader reader, out ReadOnlySpan<byte> text)
    {
        text = reader.ValueSpan;
        if (!reader.ValueIsEscaped)
            return true;
        var unescaped = new byte[text.Length + JsonText.Slack];
        if (!JsonText.TryUnescape(text, unescaped, out var length))
            return false;
        text = unescaped.AsSpan(0, length);
        return true;
    }

    /// <summary>The text of a string token as a string.</summary>
    public static bool TryGetString(scoped in Utf8JsonReader reader, out string text)
    {
        var ok = TryGetText(in reader, out var utf8);
        text = ok ? Encoding.UTF8.GetString(utf8) : "";
        return ok;
    }

    /// <summary>Whether the current token, as far as it has escapes, has no lone surrogate.</summary>
    public static bool IsWellFormed(in Utf8JsonReader reader) => !reader.ValueIsEscaped || JsonText.IsWellFormed(reader.ValueSpan);
}
