using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Weapp.Protocol.Text;

/// <summary>
/// Reads JSON text from front to back: RFC 8259 without exception, 64 levels deep at most, no lone surrogates, in skipped values either.
/// </summary>
/// <remarks>
/// The first error ends the reading: from then on every method returns false, and so does <see cref="TryFinish"/>. Nothing throws.
/// That the text is valid UTF-8 is the caller's business. Memory is taken only for short texts with escapes.
/// </remarks>
/// <param name="text">The whole document.</param>
internal ref struct JsonCursor(ReadOnlySpan<byte> text)
{
    private const int MaxDepth = 64;

    private readonly ReadOnlySpan<byte> _text = text;
    private int _depth;
    private bool _atFirst;
    private bool _failed;

    /// <summary>Where the next token, or the white space before it, starts.</summary>
    public int Position { get; private set; }

    /// <summary>Whether an error has ended the reading.</summary>
    public readonly bool HasFailed => _failed;

    /// <summary>The first byte of the next token, which tells its kind; 0 at the end and after an error.</summary>
    public byte Peek()
    {
        while (Position < _text.Length)
        {
            var next = _text[Position];
            if (next is not ((byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t'))
                return next;
            Position++;
        }

        return 0;
    }

    /// <summary>Whether the document has been read whole: one value, and nothing after it.</summary>
    public bool TryFinish() => !_failed && _depth == 0 && Peek() == 0 && Position == _text.Length;

    /// <summary>Enters an object; its members follow with <see cref="NextMember(out ReadOnlySpan{byte})"/>.</summary>
    public bool TryEnterObject() => TryEnter((byte)'{');

    /// <summary>Enters an array; its elements follow with <see cref="NextElement"/>.</summary>
    public bool TryEnterArray() => TryEnter((byte)'[');

    /// <summary>Goes to the next member's value, or out of the object: then it returns false.</summary>
    /// <param name="name">The member's name without escapes.</param>
    public bool NextMember(out ReadOnlySpan<byte> name)
    {
        name = default;
        return Next((byte)'}') && (TryReadShortName(out name) || (TryReadText(out name) && TryTake((byte)':')));
    }

    /// <summary>Goes to the next element, or out of the array: then it returns false.</summary>
    public bool NextElement() => Next((byte)']');

    /// <summary>Reads a string without taking its escapes out.</summary>
    /// <param name="start">Where its inside starts.</param>
    /// <param name="length">The length of its inside.</param>
    /// <param name="isEscaped">Whether it has escapes.</param>
    public bool TryReadString(out int start, out int length, out bool isEscaped)
    {
        start = 0;
        length = 0;
        isEscaped = false;
        if (Peek() != '"')
            return Fail();
        start = Position + 1;
        if (!JsonString.TryScan(_text[start..], out length, out isEscaped))
            return Fail();
        Position = start + length + 1;
        return true;
    }

    /// <summary>Reads a string; only one with escapes takes memory.</summary>
    /// <param name="text">The text without escapes.</param>
    public bool TryReadText(out ReadOnlySpan<byte> text)
    {
        text = default;
        if (!TryReadString(out var start, out var length, out var isEscaped))
            return false;
        text = isEscaped ? JsonString.Unescape(_text.Slice(start, length + 1)) : _text.Slice(start, length);
        return true;
    }

    /// <summary>Reads a string.</summary>
    /// <param name="text">The text without escapes.</param>
    public bool TryReadText([NotNullWhen(true)] out string? text)
    {
        text = TryReadText(out ReadOnlySpan<byte> utf8) ? Encoding.UTF8.GetString(utf8) : null;
        return text is not null;
    }

    /// <summary>Reads a string into the caller's memory, in one pass.</summary>
    /// <param name="destination">At least as long as the document; bytes beyond the written ones change too.</param>
    /// <param name="written">The length of the text without escapes.</param>
    public bool TryReadText(Span<byte> destination, out int written)
    {
        written = 0;
        if (Peek() != '"')
            return Fail();
        var start = Position + 1;
        if (!JsonString.TryUnescape(_text[start..], destination, out var length, out written))
            return Fail();
        Position = start + length + 1;
        return true;
    }

    /// <summary>Reads an integer; other numbers are an error.</summary>
    /// <param name="value">The number.</param>
    public bool TryReadInt32(out int value)
    {
        var isNumber = TryReadNumber(out var number);
        return (Utf8Parser.TryParse(number, out value, out var consumed) && isNumber && consumed == number.Length) || Fail();
    }

    /// <summary>Reads a number.</summary>
    /// <param name="number">Its text.</param>
    public bool TryReadNumber(out ReadOnlySpan<byte> number)
    {
        Peek();
        var rest = _text[Position..];
        number = rest[..NumberLength(rest)];
        Position += number.Length;
        return !number.IsEmpty || Fail();
    }

    /// <summary>Reads past any value.</summary>
    public bool TrySkip()
    {
        switch (Peek())
        {
            case (byte)'"':
                return TryReadString(out _, out _, out _);
            case (byte)'{':
                TryEnterObject();
                while (Next((byte)'}') && (TryReadShortName(out _) || (TryReadString(out _, out _, out _) && TryTake((byte)':'))) && TrySkip())
                {
                }

                return !_failed;
            case (byte)'[':
                TryEnterArray();
                while (NextElement() && TrySkip())
                {
                }

                return !_failed;
            default:
                var rest = _text[Position..];
                var length = rest.StartsWith("true"u8) || rest.StartsWith("null"u8) ? 4
                    : rest.StartsWith("false"u8) ? 5
                    : NumberLength(rest);
                Position += length;
                return length > 0 || Fail();
        }
    }

    private static int NumberLength(ReadOnlySpan<byte> text)
    {
        var length = text is [(byte)'-', ..] ? 1 : 0;
        var whole = Digits(text[length..]);
        if (whole == 0 || (whole > 1 && text[length] == '0'))
            return 0;
        length += whole;
        if (text[length..] is [(byte)'.', ..])
        {
            var fraction = Digits(text[(length + 1)..]);
            if (fraction == 0)
                return 0;
            length += fraction + 1;
        }

        if (text[length..] is not [(byte)'e' or (byte)'E', .. var exponent])
            return length;
        var sign = exponent is [(byte)'+' or (byte)'-', ..] ? 1 : 0;
        var digits = Digits(exponent[sign..]);
        return digits == 0 ? 0 : length + 1 + sign + digits;
    }

    private static int Digits(ReadOnlySpan<byte> text)
    {
        var end = text.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        return end < 0 ? text.Length : end;
    }

    private bool TryEnter(byte open)
    {
        if (Peek() != open || _depth == MaxDepth)
            return Fail();
        Position++;
        _depth++;
        _atFirst = true;
        return true;
    }

    private bool Next(byte close)
    {
        if (Peek() == close)
        {
            Position++;
            _depth--;
            _atFirst = false;
            return false;
        }

        if (!_atFirst)
            return TryTake((byte)',');
        _atFirst = false;
        return !_failed;
    }

    /// <summary>Nearly all names are short and plain, with the colon right behind them. No other name is an error yet.</summary>
    private bool TryReadShortName(out ReadOnlySpan<byte> name)
    {
        var rest = _text[Position..];
        if (!JsonString.TryReadShort(rest, out var length) || rest[length + 2] != ':')
        {
            name = default;
            return false;
        }

        name = rest.Slice(1, length);
        Position += length + 3;
        return true;
    }

    private bool TryTake(byte token)
    {
        if (Peek() != token)
            return Fail();
        Position++;
        return true;
    }

    private bool Fail()
    {
        _failed = true;
        Position = _text.Length;
        return false;
    }
}
