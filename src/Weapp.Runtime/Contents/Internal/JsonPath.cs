using System.Buffers;
using System.Globalization;
using System.Text;
using Weapp.Protocol.Text;

namespace Weapp.Contents;

/// <summary>Says where in a JSON text a position is, as the serializer's exceptions do.</summary>
internal static class JsonPath
{
    private static readonly SearchValues<char> Special = SearchValues.Create(" .'\"[]()/\\\t\n\r\f\b\u0085\u2028\u2029");

    /// <summary>The path of the innermost value at a position.</summary>
    public static string Of(ReadOnlySpan<byte> json, int position)
    {
        StringBuilder path = new("$");
        var cursor = new JsonCursor(json);
        while (Descend(ref cursor, json, position, path))
        {
        }

        return path.ToString();
    }

    /// <summary>Goes on to the member or the element that has the position; false where the value itself has it.</summary>
    private static bool Descend(ref JsonCursor cursor, ReadOnlySpan<byte> json, int position, StringBuilder path)
    {
        switch (cursor.Peek())
        {
            case (byte)'{':
                cursor.TryEnterObject();
                while (cursor.NextMember(out var name))
                {
                    if (!Contains(ref cursor, position))
                        continue;
                    AppendName(path, Encoding.UTF8.GetString(name));
                    return true;
                }

                return false;
            case (byte)'[':
                cursor.TryEnterArray();
                for (var i = 0; cursor.NextElement(); i++)
                {
                    if (!Contains(ref cursor, position))
                        continue;
                    path.Append(CultureInfo.InvariantCulture, $"[{i}]");
                    return true;
                }

                return false;
            default:
                return false;
        }
    }

    /// <summary>Whether the next value has the position; if not, the cursor is behind it.</summary>
    private static bool Contains(ref JsonCursor cursor, int position)
    {
        var start = cursor;
        if (!cursor.TrySkip() || cursor.Position <= position)
            return false;
        cursor = start;
        return cursor.Peek() != 0 && cursor.Position <= position;
    }

    private static void AppendName(StringBuilder path, string name)
    {
        if (!name.AsSpan().ContainsAny(Special))
            path.Append('.').Append(name);
        else
            path.Append("['").Append(name).Append("']");
    }
}
