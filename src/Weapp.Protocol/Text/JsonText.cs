using System.Buffers;
using System.Text;

namespace Weapp.Protocol.Text;

/// <summary>Writes text as JSON strings.</summary>
internal static class JsonText
{
    private static readonly SearchValues<byte> Escaped =
        SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(static i => (byte)i), (byte)'"', (byte)'\\']);

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
}
