using System.ComponentModel;

namespace Weapp;

/// <summary>Readings of values that are made of others, for generated code.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class ContentReadings
{
    /// <summary>Reads a text, or null.</summary>
    /// <param name="reader">Where the value is next.</param>
    /// <param name="value">The text.</param>
    public static bool Read(ref ContentReader reader, out string? value) => reader.TryRead(out value);

    /// <summary>Reads a truth value.</summary>
    /// <param name="reader">Where the value is next.</param>
    /// <param name="value">The value.</param>
    public static bool Read(ref ContentReader reader, out bool value) => reader.TryRead(out value);

    /// <summary>Reads an integer.</summary>
    /// <param name="reader">Where the value is next.</param>
    /// <param name="value">The number.</param>
    public static bool Read(ref ContentReader reader, out int value) => reader.TryRead(out value);

    /// <summary>Reads an integer.</summary>
    /// <param name="reader">Where the value is next.</param>
    /// <param name="value">The number.</param>
    public static bool Read(ref ContentReader reader, out long value) => reader.TryRead(out value);

    /// <summary>Reads a number.</summary>
    /// <param name="reader">Where the value is next.</param>
    /// <param name="value">The number.</param>
    public static bool Read(ref ContentReader reader, out double value) => reader.TryRead(out value);

    /// <summary>A value that may be null.</summary>
    /// <typeparam name="T">The value's type.</typeparam>
    /// <param name="value">Reads the value.</param>
    public static ContentReading<T?> Nullable<T>(ContentReading<T> value)
        where T : struct =>
        (ref reader, out result) =>
        {
            result = null;
            if (reader.TryReadNull())
                return true;
            if (!value(ref reader, out var some))
                return false;
            result = some;
            return true;
        };

    /// <summary>An array, or null.</summary>
    /// <typeparam name="TSequence">The type that takes the elements.</typeparam>
    /// <typeparam name="T">The elements' type.</typeparam>
    /// <param name="element">Reads an element.</param>
    /// <param name="make">Makes the result.</param>
    public static ContentReading<TSequence> Sequence<TSequence, T>(ContentReading<T> element, Func<List<T>, TSequence> make)
        where TSequence : class? =>
        (ref reader, out result) =>
        {
            result = null;
            if (reader.TryReadNull())
                return true;
            if (!reader.TryEnterArray())
                return false;
            List<T> elements = [];
            while (reader.NextElement())
            {
                if (!element(ref reader, out var value))
                    return false;
                elements.Add(value!);
            }

            if (!reader.IsWhole())
                return false;
            result = make(elements);
            return true;
        };

    /// <summary>An object whose members are entries of a dictionary, or null.</summary>
    /// <typeparam name="TMap">The type that takes the entries.</typeparam>
    /// <typeparam name="T">The values' type.</typeparam>
    /// <param name="value">Reads a value.</param>
    /// <param name="make">Makes the result.</param>
    public static ContentReading<TMap> Map<TMap, T>(ContentReading<T> value, Func<Dictionary<string, T>, TMap> make)
        where TMap : class? =>
        (ref reader, out result) =>
        {
            result = null;
            if (reader.TryReadNull())
                return true;
            if (!reader.TryEnterObject())
                return false;
            Dictionary<string, T> entries = [];
            while (reader.NextEntry(out var key))
            {
                if (!value(ref reader, out var entry))
                    return false;
                entries[key] = entry!;
            }

            if (!reader.IsWhole())
                return false;
            result = make(entries);
            return true;
        };
}
