using System.ComponentModel;
using System.Text;

namespace Weapp;

/// <summary>The names that an object's members have in JSON, for generated code.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class ContentMembers
{
    private readonly string[] _names;
    private readonly byte[][] _utf8;

    /// <summary>Keeps the names.</summary>
    /// <param name="names">The names; no two of them differ only by case.</param>
    public ContentMembers(params string[] names)
    {
        ArgumentNullException.ThrowIfNull(names);
        _names = names;
        _utf8 = Array.ConvertAll(names, Encoding.UTF8.GetBytes);
    }

    /// <summary>Which member a name means, -1 for none: first the expected one, then any, then any in another case.</summary>
    internal int Find(ReadOnlySpan<byte> name, int expected)
    {
        if ((uint)expected < (uint)_utf8.Length && name.SequenceEqual(_utf8[expected]))
            return expected;
        for (var i = 0; i < _utf8.Length; i++)
        {
            if (name.SequenceEqual(_utf8[i]))
                return i;
        }

        return FindIgnoringCase(name);
    }

    private int FindIgnoringCase(ReadOnlySpan<byte> name)
    {
        const int OnStack = 64;
        var chars = name.Length <= OnStack ? stackalloc char[OnStack] : new char[name.Length];
        chars = chars[..Encoding.UTF8.GetChars(name, chars)];
        for (var i = 0; i < _names.Length; i++)
        {
            if (_names[i].Length == chars.Length && chars.Equals(_names[i], StringComparison.OrdinalIgnoreCase))
                return i;
        }

        return -1;
    }
}
