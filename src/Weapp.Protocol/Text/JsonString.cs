using System.Buffers;
using System.Buffers.Binary;
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
    private const uint WholeVector = 1u << VectorLength;
    private const uint AllPlaces = 0xFFFF;
    private const uint EvenPlaces = 0x5555;
    private const ulong EightOn = 0x0808_0808_0808_0808;

    private static readonly SearchValues<byte> Special =
        SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(static i => (byte)i), (byte)'"', (byte)'\\']);

    private static readonly byte[] Shorthands = CreateShorthands();

    private static readonly ulong[] Kept = CreateKept();

    /// <summary>Finds the closing quote of a short string without escapes, if more text follows it.</summary>
    /// <param name="text">The string with its opening quote, up to the end of the document.</param>
    /// <param name="length">The length of the string's inside.</param>
    /// <returns>False for any other string, which may be none.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryReadShort(ReadOnlySpan<byte> text, out int length)
    {
        length = 0;
        if (text.Length < VectorLength + 3 || text[0] != '"')
            return false;
        length = PlainRun(Vector128.Create(text[1..]));
        return text[length + 1] == '"';
    }

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
        // Locals: what a caller can see has to be in memory at every step.
        var (from, to) = (0, 0);
        while (true)
        {
            var (read, kept) = UnescapeVectors(text[from..], destination[to..]);
            from += read;
            to += kept;
            var rest = text[from..];
            var run = rest.IndexOfAny(Special);
            if (run > 0)
                rest[..run].CopyTo(destination[to..]);
            from += run;
            to += run;
            if (run < 0 || text[from] != '\\')
            {
                (length, written) = (from, to);
                return run >= 0 && text[from] == '"';
            }

            do
            {
                var escape = text[from..];
                var shorthand = Shorthand(escape);
                if (shorthand != 0)
                {
                    destination[to++] = shorthand;
                    from += 2;
                }
                else if (TryReadScalar(escape, out var rune, out var consumed))
                {
                    to += rune.EncodeToUtf8(destination[to..]);
                    from += consumed;
                }
                else
                {
                    (length, written) = (from, to);
                    return false;
                }
            }
            while (from < text.Length && text[from] == '\\');
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

    /// <summary>
    /// Takes escapes that stand for their own character out by the vector: nested JSON has one of these every few bytes, and they are dropped together.
    /// </summary>
    /// <returns>How much was read and written: up to the string's end, to another escape or to something that is wrong, or to the last bytes.</returns>
    private static (int Read, int Written) UnescapeVectors(ReadOnlySpan<byte> text, Span<byte> destination)
    {
        var (from, to) = (0, 0);
        // Whether the vector's first byte is escaped by the one before it. To have this in a bit leaves the next address independent of what was read.
        uint carry = 0;
        while (text.Length - from >= VectorLength)
        {
            var chunk = Vector128.Create(text[from..]);
            var backslashes = Bits(chunk, '\\');
            var quotes = Bits(chunk, '"');
            var controls = Vector128.LessThan(chunk, Vector128.Create((byte)' ')).ExtractMostSignificantBits();
            var open = backslashes & ~carry;
            // Of a run of backslashes every second one escapes, from the first one on: to add that one, where its place is even, flips the run's bits.
            var escapes = open & ((open + (open & ~(open << 1) & EvenPlaces)) ^ EvenPlaces);
            var escaped = (escapes << 1) | carry;
            var others = escaped & ~(backslashes | quotes | Bits(chunk, '/')) & AllPlaces;
            var stops = ((quotes | controls) & ~escaped) | others;
            if (stops != 0)
            {
                // An escape begins with its backslash, which may have been the last vector's.
                var stop = BitOperations.TrailingZeroCount(stops);
                stop -= (int)((others >> stop) & 1);
                var before = Math.Max(stop, 0);
                return (from + stop, to + Keep(chunk, escapes & ~(uint.MaxValue << before), destination[to..], before));
            }

            to += Keep(chunk, escapes, destination[to..], VectorLength);
            from += VectorLength;
            carry = escapes >> (VectorLength - 1);
        }

        return (from - (int)carry, to);
    }

    /// <summary>Writes a vector without its escapes.</summary>
    /// <returns>How many of its first bytes that leaves.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Keep(Vector128<byte> chunk, uint escapes, Span<byte> destination, int length)
    {
        var (low, high) = (escapes & 0xFF, escapes >> 8);
        var kept = Vector128.ShuffleNative(chunk, Vector128.Create(Kept[low], Kept[high] + EightOn).AsByte()).AsUInt64();
        BinaryPrimitives.WriteUInt64LittleEndian(destination, kept[0]);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[(8 - BitOperations.PopCount(low))..], kept[1]);
        return length - BitOperations.PopCount(escapes);
    }

    private static uint Bits(Vector128<byte> chunk, char c) => Vector128.Equals(chunk, Vector128.Create((byte)c)).ExtractMostSignificantBits();

    /// <summary>How many bytes before the first one that does not stand for itself.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int PlainRun(Vector128<byte> chunk)
    {
        var special = Vector128.Equals(chunk, Vector128.Create((byte)'\\'))
            | Vector128.Equals(chunk, Vector128.Create((byte)'"'))
            | Vector128.LessThan(chunk, Vector128.Create((byte)' '));
        return BitOperations.TrailingZeroCount(special.ExtractMostSignificantBits() | WholeVector);
    }

    /// <summary>What an escape of two characters stands for; 0 for any other.</summary>
    private static byte Shorthand(ReadOnlySpan<byte> escape) => escape.Length < 2 ? (byte)0 : Shorthands[escape[1]];

    /// <summary>For each set of dropped bytes among eight: where the kept ones come from, a byte each, from the lowest on.</summary>
    private static ulong[] CreateKept()
    {
        var table = new ulong[256];
        for (var dropped = 0; dropped < table.Length; dropped++)
        {
            var to = 0;
            for (var from = 0; from < 8; from++)
            {
                if ((dropped & (1 << from)) == 0)
                    table[dropped] |= (ulong)from << (8 * to++);
            }
        }

        return table;
    }

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
