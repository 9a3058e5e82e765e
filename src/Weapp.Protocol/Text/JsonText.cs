using System.Buffers;
using System.Text;

namespace Weapp.Protocol.Text;

/// <summary>Writes text as JSON strings.</summary>
internal static class JsonText
{
    private const int LongestEscape = 6;

    private static readonly SearchValues<byte> Escaped =
        SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(static i => (byte)i), (byte)'"', (byte)'\\']);

    /// <summary>Writes UTF-8 text as the inside of a JSON string: quotes, backslashes and control characters are escaped, nothing else.</summary>
    public static void WriteEscaped(ReadOnlySpan<byte> text, IBufferWriter<byte> output)
    {
        while (!text.IsEmpty)
        {
            // Room is asked for once, not at every escape: in a broadcast each tunnel id stands between two of them.
            var span = output.GetSpan(text.Length + (text.Length / 8) + LongestEscape);
            var written = 0;
            while (true)
            {
                var run = text.IndexOfAny(Escaped);
                if (run < 0)
                    run = text.Length;
                if (span.Length - written < run + LongestEscape)
                    break;
                text[..run].CopyTo(span[written..]);
                written += run;
                if (run == text.Length)
                {
                    output.Advance(written);
                    return;
                }

                written += WriteEscape(text[run], span[written..]);
                text = text[(run + 1)..];
            }

            output.Advance(written);
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
        output.Write("["u8);
        var isFirst = true;
        foreach (var text in texts)
        {
            if (!isFirst)
                output.Write(","u8);
            isFirst = false;
            WriteString(text, output);
        }

        output.Write("]"u8);
    }

    private static void WriteString(string text, IBufferWriter<byte> output)
    {
        var span = output.GetSpan(Encoding.UTF8.GetMaxByteCount(text.Length) + 2);
        var end = 1 + Encoding.UTF8.GetBytes(text, span[1..]);
        // Nearly always there is nothing to escape, and the string is complete.
        if (!span[1..end].ContainsAny(Escaped))
        {
            span[0] = (byte)'"';
            span[end] = (byte)'"';
            output.Advance(end + 1);
            return;
        }

        output.Write("\""u8);
        WriteEscaped(text, output);
        output.Write("\""u8);
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
}
