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
    public static MessageText Read(ReadOnlyMemory<byte> text) =>
        TryRead(text, out var message) ? message : new MessageText { Type = UnknownRawUtf8, Content = text, Kind = ContentKind.Text };

    private static bool TryRead(ReadOnlyMemory<byte> text, out MessageText message)
    {
        message = default;
        var cursor = new JsonCursor(text.Span);
        if (!cursor.TryEnterObject())
            return false;

        ReadOnlyMemory<byte> type = default, content = default;
        bool hasType = false, hasContent = false;
        while (cursor.NextMember(out var name))
        {
            var isType = name.SequenceEqual("type"u8);
            var isContent = name.SequenceEqual("content"u8);
            if ((isType && hasType) || (isContent && hasContent))
                return false;
            hasType |= isType;
            hasContent |= isContent;
            if (isType && cursor.Peek() == '"')
            {
                type = cursor.TryReadString(out var inside, out var length, out var isEscaped) && isEscaped
                    ? JsonString.Unescape(text.Span.Slice(inside, length + 1))
                    : text.Slice(inside, length);
                continue;
            }

            cursor.Peek();
            var start = cursor.Position;
            cursor.TrySkip();
            if (isContent)
                content = text[start..cursor.Position];
        }

        if (!cursor.TryFinish() || (type.IsEmpty && !hasContent))
            return false;
        message = new MessageText
        {
            Type = type.IsEmpty ? UnknownRawUtf8 : type,
            Content = content,
            Kind = hasContent ? ContentKind.Json : ContentKind.None,
        };
        return true;
    }
}
