using System.Text.Json;
using Weapp.Protocol.Text;

namespace Weapp.Protocol.Packets;

/// <summary>What a message's content is made of.</summary>
public enum ContentKind
{
    /// <summary>There is no content: the phone called <c>tunnel.emit('poke')</c>.</summary>
    None,

    /// <summary>JSON text.</summary>
    Json,

    /// <summary>Text that is no message: the content is the text itself.</summary>
    Text,
}

/// <summary>The text of a message packet, taken apart: <c>{"type":"speak","content":…}</c> (protocol section 5).</summary>
public readonly struct MessageText
{
    /// <summary>The message type of text that is no message.</summary>
    public const string UnknownRaw = "UnknownRaw";

    private static readonly ReadOnlyMemory<byte> UnknownRawUtf8 = "UnknownRaw"u8.ToArray();

    /// <summary>The message type as UTF-8; <see cref="UnknownRaw"/> where the text has none.</summary>
    public ReadOnlyMemory<byte> Type { get; private init; }

    /// <summary>The content as UTF-8: a slice of the text that was read.</summary>
    public ReadOnlyMemory<byte> Content { get; private init; }

    /// <summary>What <see cref="Content"/> is.</summary>
    public ContentKind Kind { get; private init; }

    /// <summary>A packet without content: <see cref="UnknownRaw"/> without content.</summary>
    public static MessageText Empty { get; } = new() { Type = UnknownRawUtf8, Kind = ContentKind.None };

    /// <summary>Takes a message apart. Every text is some message; what is not as it should be becomes <see cref="UnknownRaw"/>.</summary>
    /// <param name="text">The decoded content of a message packet: valid UTF-8.</param>
    public static MessageText Read(ReadOnlyMemory<byte> text)
    {
        try
        {
            if (TryRead(text, out var message))
                return message;
        }
        catch (JsonException)
        {
            // Not JSON: raw text, as below.
        }

        return new MessageText { Type = UnknownRawUtf8, Content = text, Kind = ContentKind.Text };
    }

    private static bool TryRead(ReadOnlyMemory<byte> text, out MessageText message)
    {
        message = default;
        var span = text.Span;
        if (!StartsAnObject(span))
            return false;
        var reader = new Utf8JsonReader(span, JsonText.Strict);
        reader.Read();

        ReadOnlyMemory<byte> type = default, content = default;
        bool hasType = false, hasContent = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (!StrictReader.IsWellFormed(in reader))
                return false;
            if (reader.ValueTextEquals("type"u8))
            {
                if (hasType)
                    return false;
                hasType = true;
                reader.Read();
                if (reader.TokenType == JsonTokenType.String && !TryGetMemory(in reader, text, out type))
                    return false;
                if (!StrictReader.TrySkip(ref reader))
                    return false;
            }
            else
            {
                var isContent = reader.ValueTextEquals("content"u8);
                if (isContent && hasContent)
                    return false;
                reader.Read();
                var start = (int)reader.TokenStartIndex;
                if (!StrictReader.TrySkip(ref reader))
                    return false;
                if (!isContent)
                    continue;
                hasContent = true;
                content = text[start..(int)reader.BytesConsumed];
            }
        }

        // Text after the object makes this throw.
        reader.Read();
        if (type.IsEmpty && !hasContent)
            return false;
        message = new MessageText
        {
            Type = type.IsEmpty ? UnknownRawUtf8 : type,
            Content = content,
            Kind = hasContent ? ContentKind.Json : ContentKind.None,
        };
        return true;
    }

    private static bool StartsAnObject(ReadOnlySpan<byte> text)
    {
        var first = text.IndexOfAnyExcept(" \t\r\n"u8);
        return first >= 0 && text[first] == '{';
    }

    private static bool TryGetMemory(in Utf8JsonReader reader, ReadOnlyMemory<byte> text, out ReadOnlyMemory<byte> value)
    {
        if (!reader.ValueIsEscaped)
        {
            value = text.Slice((int)reader.TokenStartIndex + 1, reader.ValueSpan.Length);
            return true;
        }

        var ok = StrictReader.TryGetText(in reader, out var unescaped);
        value = unescaped.ToArray();
        return ok;
    }
}
