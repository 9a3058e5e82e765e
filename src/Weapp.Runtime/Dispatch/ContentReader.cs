using System.Buffers.Text;
using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using Weapp.Protocol.Text;

namespace Weapp;

/// <summary>Reads a content member by member, for generated code.</summary>
/// <remarks>
/// It takes what needs no rules: values of the very types that are asked for. Anything else ends the reading for good, and the serializer,
/// which has all the rules, starts over. So what is read here is what the serializer would have read.
/// </remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public ref struct ContentReader
{
    private JsonCursor _cursor;

    internal ContentReader(ReadOnlySpan<byte> json) => _cursor = new JsonCursor(json);

    /// <summary>Enters an object; its members follow with <see cref="NextMember"/>.</summary>
    public bool TryEnterObject() => _cursor.TryEnterObject();

    /// <summary>Goes to the next member's value, or out of the object: then it returns false.</summary>
    /// <param name="name">The member's name as UTF-8.</param>
    public bool NextMember(out ReadOnlySpan<byte> name) => _cursor.NextMember(out name);

    /// <summary>Reads a text.</summary>
    /// <param name="value">The text.</param>
    public bool TryRead([NotNullWhen(true)] out string? value) => _cursor.TryReadText(out value);

    /// <summary>Reads a truth value.</summary>
    /// <param name="value">The value.</param>
    public bool TryRead(out bool value)
    {
        value = _cursor.Peek() == 't';
        return _cursor.Peek() is (byte)'t' or (byte)'f' && _cursor.TrySkip();
    }

    /// <summary>Reads an integer.</summary>
    /// <param name="value">The number.</param>
    public bool TryRead(out int value) => _cursor.TryReadInt32(out value);

    /// <summary>Reads an integer.</summary>
    /// <param name="value">The number.</param>
    public bool TryRead(out long value) =>
        _cursor.TryReadNumber(out var number) & Utf8Parser.TryParse(number, out value, out var consumed) && consumed == number.Length;

    /// <summary>Reads a number.</summary>
    /// <param name="value">The number.</param>
    public bool TryRead(out double value) =>
        _cursor.TryReadNumber(out var number) & Utf8Parser.TryParse(number, out value, out var consumed) && consumed == number.Length;

    internal bool TryFinish() => _cursor.TryFinish();
}
