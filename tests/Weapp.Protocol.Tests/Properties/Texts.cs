using System.Text;
using CsCheck;

namespace Weapp.Protocol.Tests.Properties;

/// <summary>Texts that hit what is special on the wire more often than chance would.</summary>
public static class Texts
{
    private static readonly Gen<string> Rune = Gen.Frequency(
        (8, Gen.Char['a', 'z'].Select(static c => c.ToString())),
        (4, Gen.OneOf("\"", "\\", "/", "{", "}", ":", ",", "\u2028", "\u007f", "\uFEFF", "\\u0041", "\\ud800")),
        (2, Gen.Char['\0', '\x1f'].Select(static c => c.ToString())),
        (2, Gen.Int[0x80, 0xD7FF].Select(char.ConvertFromUtf32)),
        (1, Gen.Int[0xE000, 0x10FFFF].Select(char.ConvertFromUtf32)));

    /// <summary>Any text without lone surrogates, up to some vectors long.</summary>
    public static Gen<string> Any { get; } = Rune.Array[0, 80].Select(string.Concat);

    /// <summary>The inside of a JSON string, not always a good one.</summary>
    public static Gen<string> Escaped { get; } = Gen.Frequency(
        (20, Gen.Char['a', 'z'].Select(static c => c.ToString())),
        (10, Gen.OneOf("\\\"", "\\\\", "\\/", "\\n", "\\r", "\\t", "\\b", "\\f", "\\u0041", "\\u4f60", "\\u4F60", "\\u0000", "\\ud83d\\ude00", "你", "\ud83d\ude00")),
        (1, Gen.OneOf("\\ud83d", "\\ude00", "\\u00", "\\u00g0", "\\x", "\\", "\"", "\n", "\0", "\\U0041", "\\ud83d\\u0041")))
        .Array[0, 60].Select(string.Concat);

    /// <summary>Bytes that are nearly JSON: a good body with some bytes changed, taken out or doubled.</summary>
    public static Gen<byte[]> Mutated(IReadOnlyList<string> bodies) =>
        Gen.Select(Gen.Int[0, bodies.Count - 1], Gen.Select(Gen.Int[0, 2], Gen.Int[0, 100_000], Interesting).Array[0, 4], (body, changes) =>
        {
            List<byte> bytes = [.. Encoding.UTF8.GetBytes(bodies[body])];
            foreach (var (kind, at, value) in changes)
            {
                if (bytes.Count == 0)
                    break;
                var index = at % bytes.Count;
                if (kind == 0)
                    bytes[index] = value;
                else if (kind == 1)
                    bytes.RemoveAt(index);
                else
                    bytes.Insert(index, value);
            }

            return bytes.ToArray();
        });

    private static Gen<byte> Interesting { get; } = Gen.Frequency((1, Gen.Byte), (2, Gen.OneOf("\"\\{}[],: u0d8nt-.eE\n"u8.ToArray())));
}
