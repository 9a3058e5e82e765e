using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Text;

namespace Weapp.Protocol.Text;

/// <summary>The inside of a JSON string as UTF-8: finding its end, and taking its escapes out, in one pass and strictly.</summary>
/// <remarks>
/// The wire nests JSON in JSON strings up to three deep, so this is where most bytes are spent. Refused are unknown or incomplete escapes,
/// control characters and surrogates without their partner; that the bytes are valid UTF-8 is the caller's business.
/// </remarks>
internal static class JsonString
{
    private const int VectorLength = 16;

    private static readonly SearchValues<byte> Special =
        SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(static i => (byte)i), (byte)'"', (byte)'\\']);

    private static readonly byte[] Shorthands = CreateShorthands();

    /// <summary>Finds the closing quote.</summary>
    /// <param name="text">What follows the opening quote, up to the end of the document.</param>
    /// <param name="length">The length of the string's inside.</param>
    /// <param name="isEscaped">Whether it has escapes.</param>
    public static bool TryScan(ReadOnlySpan<byte> text, out int length, out bool isEscaped)
    {
        length = 0;
        isEscaped = false;
        while (true)
        {
            var run = VectorLength;
            if (text.Length - length >= VectorLength)
            {
                run = PlainRun(Vector128.Create(text[length..]));
                length += run;
            }

            if (run == VectorLength)
            {
                run = text[length..].IndexOfAny(Special);
                if (run < 0)
                    return false;
                length += run;
            }

            if (text[length] != '\\')
                return text[length] == '"';
            isEscaped = true;
            do
            {
                var escape = text[length..];
                if (Shorthand(escape) != 0)
                    length += 2;
                else if (TryReadScalar(escape, out _, out var consumed))
                    length += consumed;
                else
                    return false;
            }
            while (length < text.Length && text[length] == '\\');
        }
    }

    /// <summary>Finds the closing quote and writes the text before it without its escapes.</summary>
    /// <param name="text">What follows the opening quote, up to the end of the document.</param>
    /// <param name="destination">
    /// At least as long as <paramref name="text"/>, not overlapping. Whole vectors are copied, so bytes beyond the written ones change too.
    /// </param>
    /// <param name="length">The length of the string's inside.</param>
    /// <param name="written">The length of the text.</param>
    public static bool TryUnescape(ReadOnlySpan<byte> text, Span<byte> destination, out int length, out int written)
    {
        length = 0;
        written = 0;
        while (true)
        {
            // Nested JSON has an escape every few bytes: one vector reaches it. A longer run is worth a call.
            var run = VectorLength;
            if (text.Length - length >= VectorLength)
            {
                var chunk = Vector128.Create(text[length..]);
                chunk.CopyTo(destination[written..]);
                run = PlainRun(chunk);
                length += run;
                written += run;
            }

            if (run == VectorLength)
            {
                var rest = text[length..];
                run = rest.IndexOfAny(Special);
                if (run < 0)
                    return false;
                rest[..run].CopyTo(destination[written..]);
                length += run;
                written += run;
            }

            if (text[length] != '\\')
                return text[length] == '"';
            do
            {
                var escape = text[length..];
                var shorthand = Shorthand(escape);
                if (shorthand != 0)
                {
                    destination[written++] = shorthand;
                    length += 2;
                }
                else if (TryReadScalar(escape, out var rune, out var consumed))
                {
                    written += rune.EncodeToUtf8(destination[written..]);
                    length += consumed;
                }
                else
                {
                    return false;
                }
            }
            while (length < text.Length && text[length] == '\\');
        }
    }

    /// <summary>The text of a string that <see cref="TryScan"/> has passed.</summary>
    /// <param name="text">The string's inside and its closing quote.</param>
    public static byte[] Unescape(ReadOnlySpan<byte> text)
    {
        var buffer = new byte[text.Length];
        TryUnescape(text, buffer, out _, out var written);
        return buffer[..written];
    }

    /// <summary>How many bytes before the first one that does not stand for itself.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int PlainRun(Vector128<byte> chunk)
    {
        var special = Vector128.Equals(chunk, Vector128.Create((byte)'\\'))
            | Vector128.Equals(chunk, Vector128.Create((byte)'"'))
            | Vector128.LessThan(chunk, Vector128.Create((byte)' '));
        return BitOperations.TrailingZeroCount(special.ExtractMostSignificantBits() | (1u << VectorLength));
    }

    /// <summary>What an escape of two characters stands for; 0 for any other.</summary>
    private static byte Shorthand(ReadOnlySpan<byte> escape) => escape.Length < 2 ? (byte)0 : Shorthands[escape[1]];

    private static byte[] CreateShorthands()
    {
        var table = new byte[256];
        table['"'] = (byte)'"';
        table['\\'] = (byte)'\\';
        table['/'] = (byte)'/';
        table['n'] = (byte)'\n';
        table['r'] = (byte)'\r';
        table['t'] = (byte)'\t';
        table['b'] = (byte)'\b';
        table['f'] = (byte)'\f';
        return table;
    }

    private static bool TryReadScalar(ReadOnlySpan<byte> escape, out Rune rune, out int consumed)
    {
        rune = default;
        consumed = 6;
        if (!TryReadUnit(escape, out var unit))
            return false;
        if (Rune.TryCreate(unit, out rune))
            return true;
        consumed = 12;
        return TryReadUnit(escape[6..], out var low) && Rune.TryCreate(unit, low, out rune);
    }

    private static bool TryReadUnit(ReadOnlySpan<byte> escape, out char unit)
    {
        unit = '\0';
        if (escape.Length < 6 || escape[0] != '\\' || escape[1] != 'u')
            return false;
        foreach (var digit in escape.Slice(2, 4))
        {
            if (!char.IsAsciiHexDigit((char)digit))
                return false;
            unit = (char)((unit << 4) | (digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10));
        }

        return true;
    }
}
