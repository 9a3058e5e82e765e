using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Text;
using System.Text.Json;

namespace Weapp.Protocol.Text;

/// <summary>JSON string text as UTF-8 bytes: taking escapes out and putting them in, strictly.</summary>
/// <remarks>The wire nests JSON in JSON strings up to three deep, so this is where most bytes are spent.</remarks>
internal static class JsonText
{
    /// <summary>What <see cref="TryUnescape"/> may write beyond the unescaped text: it copies whole vectors.</summary>
    public const int Slack = 16;

    private static readonly SearchValues<byte> Escaped =
        SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(static i => (byte)i), (byte)'"', (byte)'\\']);

    /// <summary>The strict rules under which every peer's JSON is read: no comments, no trailing commas, a bounded depth.</summary>
    public static JsonReaderOptions Strict => new() { MaxDepth = 64 };

    /// <summary>Whether every <c>\uXXXX</c> surrogate in the text of a string token has its partner.</summary>
    /// <param name="escaped">The token's bytes; the reader has checked that the escapes themselves are complete.</param>
    public static bool IsWellFormed(ReadOnlySpan<byte> escaped)
    {
        while (true)
        {
            var i = escaped.IndexOf((byte)'\\');
            if (i < 0)
                return true;
            if (escaped[i + 1] != 'u')
            {
                escaped = escaped[(i + 2)..];
                continue;
            }

            if (!TryReadScalar(escaped[i..], out _, out var consumed))
                return false;
            escaped = escaped[(i + consumed)..];
        }
    }

    /// <summary>Writes a string token's text without its escapes; false when a surrogate stands alone.</summary>
    /// <param name="escaped">The token's bytes; the reader has checked that the escapes themselves are complete.</param>
    /// <param name="destination">At least <see cref="Slack"/> bytes longer than <paramref name="escaped"/>; the two must not overlap.</param>
    /// <param name="written">The length of the text.</param>
    public static bool TryUnescape(ReadOnlySpan<byte> escaped, Span<byte> destination, out int written)
    {
        int from = 0, to = 0;
        while (from < escaped.Length)
        {
            if (escaped.Length - from >= Vector128<byte>.Count)
            {
                var chunk = Vector128.Create(escaped[from..]);
                chunk.CopyTo(destination[to..]);
                var backslashes = Vector128.Equals(chunk, Vector128.Create((byte)'\\')).ExtractMostSignificantBits();
                if (backslashes == 0)
                {
                    from += Vector128<byte>.Count;
                    to += Vector128<byte>.Count;
                    continue;
                }

                var run = BitOperations.TrailingZeroCount(backslashes);
                from += run;
                to += run;
            }
            else if (escaped[from] != '\\')
            {
                destination[to++] = escaped[from++];
                continue;
            }

            var plain = Unescape(escaped[from + 1]);
            if (plain != 0)
            {
                destination[to++] = plain;
                from += 2;
                continue;
            }

            if (!TryReadScalar(escaped[from..], out var rune, out var consumed))
            {
                written = 0;
                return false;
            }

            to += rune.EncodeToUtf8(destination[to..]);
            from += consumed;
        }

        written = to;
        return true;
    }

    /// <summary>Writes UTF-8 text as the inside of a JSON string: quotes, backslashes and control characters are escaped, nothing else.</summary>
    public static void WriteEscaped(ReadOnlySpan<byte> text, IBufferWriter<byte> output)
    {
        while (true)
        {
            var run = text.IndexOfAny(Escaped);
            if (run < 0)
            {
                output.Write(text);
                return;
            }

            var span = output.GetSpan(run + 6);
            text[..run].CopyTo(span);
            output.Advance(run + WriteEscape(text[run], span[run..]));
            text = text[(run + 1)..];
        }
    }

    /// <summary>Writes text as the inside of a JSON string.</summary>
    public static void WriteEscaped(string text, IBufferWriter<byte> output)
    {
        if (text.AsSpan().IndexOfAny('"', '\\') < 0 && !text.AsSpan().ContainsAnyInRange('\0', '\x1f'))
        {
            output.Advance(Encoding.UTF8.GetBytes(text, output.GetSpan(Encoding.UTF8.GetMaxByteCount(text.Length))));
            return;
        }

        WriteEscaped(Encoding.UTF8.GetBytes(text), output);
    }

    /// <summary>Writes texts as a JSON array.</summary>
    public static void WriteArray(IReadOnlyCollection<string> texts, IBufferWriter<byte> output)
    {
        var before = "["u8;
        foreach (var text in texts)
        {
            output.Write(before);
            output.Write("\""u8);
            WriteEscaped(text, output);
            output.Write("\""u8);
            before = ","u8;
        }

        output.Write(texts.Count == 0 ? "[]"u8 : "]"u8);
    }

    private static int WriteEscape(byte value, Span<byte> destination)
    {
        var shorthand = value switch
        {
            (byte)'"' => (byte)'"',
            (byte)'\\' => (byte)'\\',
            (byte)'\n' => (byte)'n',
            (byte)'\r' => (byte)'r',
            (byte)'\t' => (byte)'t',
            (byte)'\b' => (byte)'b',
            (byte)'\f' => (byte)'f',
            _ => (byte)0,
        };
        destination[0] = (byte)'\\';
        if (shorthand != 0)
        {
            destination[1] = shorthand;
            return 2;
        }

        "u00"u8.CopyTo(destination[1..]);
        destination[4] = (byte)('0' + (value >> 4));
        destination[5] = (byte)"0123456789abcdef"[value & 0xF];
        return 6;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static byte Unescape(byte escape) => escape switch
    {
        (byte)'"' => (byte)'"',
        (byte)'\\' => (byte)'\\',
        (byte)'/' => (byte)'/',
        (byte)'n' => (byte)'\n',
        (byte)'r' => (byte)'\r',
        (byte)'t' => (byte)'\t',
        (byte)'b' => (byte)'\b',
        (byte)'f' => (byte)'\f',
        _ => 0,
    };

    private static bool TryReadScalar(ReadOnlySpan<byte> escape, out Rune rune, out int consumed)
    {
        var first = ReadHex(escape);
        consumed = 6;
        if (Rune.TryCreate(first, out rune))
            return true;
        if (escape.Length < 12 || escape[6] != '\\' || escape[7] != 'u')
            return false;
        consumed = 12;
        return Rune.TryCreate(first, ReadHex(escape[6..]), out rune);
    }

    private static char ReadHex(ReadOnlySpan<byte> escape)
    {
        var value = 0;
        foreach (var digit in escape.Slice(2, 4))
            value = (value << 4) | (digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10);
        return (char)value;
    }
}
