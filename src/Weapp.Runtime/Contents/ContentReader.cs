using System.Buffers.Text;
using System.ComponentModel;
using Weapp.Contents;
using Weapp.Protocol.Text;

namespace Weapp;

/// <summary>Reads a content value by value, for generated code; every value as <see cref="System.Text.Json.JsonSerializerOptions.Web"/> means it.</summary>
/// <remarks>
/// The first misfit ends the reading: from then on every method returns false. What is common is read here; what needs rules, as a number in
/// quotation marks does, is left to the serializer's own converters.
/// </remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public ref struct ContentReader
{
    private readonly ReadOnlySpan<byte> _json;
    private JsonCursor _cursor;
    private int _misfit;
    private string? _misfitWithin;

    internal ContentReader(ReadOnlySpan<byte> json)
    {
        _json = json;
        _cursor = new JsonCursor(json);
        _misfit = -1;
    }

    /// <summary>Reads past <c>null</c>, if that is what comes next.</summary>
    public bool TryReadNull() => _cursor.Peek() == 'n' && _cursor.TrySkip();

    /// <summary>Enters an object; its members follow.</summary>
    public bool TryEnterObject()
    {
        _cursor.Peek();
        var start = _cursor.Position;
        return _cursor.TryEnterObject() || Refuse(start);
    }

    /// <summary>Goes to the next member's value, or out of the object: then it returns false.</summary>
    /// <param name="members">The members that the object's type has.</param>
    /// <param name="member">Which one it is, -1 for an unknown one. The last one, on the way in: members mostly come in their order.</param>
    public bool NextMember(ContentMembers members, ref int member)
    {
        ArgumentNullException.ThrowIfNull(members);
        if (!_cursor.NextMember(out var name))
            return false;
        member = members.Find(name, member + 1);
        return true;
    }

    /// <summary>Goes to the next value of a dictionary, or out of it: then it returns false.</summary>
    /// <param name="key">The value's key.</param>
    public bool NextEntry(out string key)
    {
        var isEntry = _cursor.NextMember(out var name);
        key = isEntry ? System.Text.Encoding.UTF8.GetString(name) : "";
        return isEntry;
    }

    /// <summary>Whether the object that was left has been read whole, with all the members that it must have.</summary>
    /// <param name="seen">The members that it had, a bit each.</param>
    /// <param name="required">The members that it must have.</param>
    public bool IsWhole(ulong seen = 0, ulong required = 0) => !_cursor.HasFailed && ((seen & required) == required || Refuse(_cursor.Position - 1));

    /// <summary>Enters an array; its elements follow.</summary>
    public bool TryEnterArray()
    {
        _cursor.Peek();
        var start = _cursor.Position;
        return _cursor.TryEnterArray() || Refuse(start);
    }

    /// <summary>Goes to the next element, or out of the array: then it returns false.</summary>
    public bool NextElement() => _cursor.NextElement();

    /// <summary>Reads past a value that nobody asked for.</summary>
    public bool TrySkip() => _cursor.TrySkip();

    /// <summary>Reads a text, or null.</summary>
    /// <param name="value">The text.</param>
    public bool TryRead(out string? value)
    {
        if (_cursor.Peek() == '"')
            return _cursor.TryReadText(out value);
        value = null;
        return TryReadNull() || Refuse(_cursor.Position);
    }

    /// <summary>Reads a truth value.</summary>
    /// <param name="value">The value.</param>
    public bool TryRead(out bool value)
    {
        var first = _cursor.Peek();
        value = first == 't';
        return first is (byte)'t' or (byte)'f' ? _cursor.TrySkip() : Refuse(_cursor.Position);
    }

    /// <summary>Reads an integer.</summary>
    /// <param name="value">The number.</param>
    public bool TryRead(out int value)
    {
        value = 0;
        if (!IsNumber(out var start))
            return TryRead(ContentValues.Int32, out value);
        return (_cursor.TryReadNumber(out var number) && Utf8Parser.TryParse(number, out value, out var length) && length == number.Length) || Refuse(start);
    }

    /// <summary>Reads an integer.</summary>
    /// <param name="value">The number.</param>
    public bool TryRead(out long value)
    {
        value = 0;
        if (!IsNumber(out var start))
            return TryRead(ContentValues.Int64, out value);
        return (_cursor.TryReadNumber(out var number) && Utf8Parser.TryParse(number, out value, out var length) && length == number.Length) || Refuse(start);
    }

    /// <summary>Reads a number.</summary>
    /// <param name="value">The number.</param>
    public bool TryRead(out double value)
    {
        value = 0;
        if (!IsNumber(out var start))
            return TryRead(ContentValues.Double, out value);
        return (_cursor.TryReadNumber(out var number) && Utf8Parser.TryParse(number, out value, out var length) && length == number.Length) || Refuse(start);
    }

    /// <summary>Reads a value as the serializer does.</summary>
    /// <typeparam name="T">The value's type.</typeparam>
    /// <param name="reading">How it is read.</param>
    /// <param name="value">The value.</param>
    public bool TryRead<T>(ContentValue<T> reading, out T? value)
    {
        ArgumentNullException.ThrowIfNull(reading);
        value = default;
        _cursor.Peek();
        var start = _cursor.Position;
        if (!_cursor.TrySkip())
            return Refuse(start);
        if (reading.TryRead(_json[start.._cursor.Position], out value, out var path))
            return true;
        _misfitWithin = path[1..];
        return Refuse(start);
    }

    internal bool TryFinish() => _cursor.TryFinish();

    /// <summary>Refuses the value that was read last.</summary>
    internal void RefuseLast() => Refuse(_cursor.Position - 1);

    /// <summary>Where the misfit is, as the serializer writes it.</summary>
    internal readonly string MisfitPath() => JsonPath.Of(_json, _misfit < 0 ? _json.Length : _misfit) + _misfitWithin;

    private bool IsNumber(out int start)
    {
        var first = _cursor.Peek();
        start = _cursor.Position;
        return first is (>= (byte)'0' and <= (byte)'9') or (byte)'-';
    }

    private bool Refuse(int position)
    {
        if (_misfit < 0)
            _misfit = position;
        return false;
    }
}
