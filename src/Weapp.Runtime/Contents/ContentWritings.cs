using System.ComponentModel;
using System.Text.Json;

namespace Weapp;

/// <summary>Writings of values that are made of others, for generated code.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class ContentWritings
{
    // As deep as the serializer writes: what goes deeper mostly contains itself.
    private const int MaxDepth = 64;

    /// <summary>Begins an object.</summary>
    /// <param name="writer">Where to.</param>
    /// <exception cref="JsonException">It would be the 65th level.</exception>
    public static void StartObject(Utf8JsonWriter writer)
    {
        CheckDepth(writer);
        writer.WriteStartObject();
    }

    /// <summary>Writes a text, or null.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="value">The text.</param>
    public static void Write(Utf8JsonWriter writer, string? value) => Checked(writer).WriteStringValue(value);

    /// <summary>Writes a truth value.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="value">The value.</param>
    public static void Write(Utf8JsonWriter writer, bool value) => Checked(writer).WriteBooleanValue(value);

    /// <summary>Writes an integer.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="value">The number.</param>
    public static void Write(Utf8JsonWriter writer, int value) => Checked(writer).WriteNumberValue(value);

    /// <summary>Writes an integer.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="value">The number.</param>
    public static void Write(Utf8JsonWriter writer, long value) => Checked(writer).WriteNumberValue(value);

    /// <summary>Writes a number.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="value">The number.</param>
    /// <exception cref="ArgumentException">It is no finite number.</exception>
    public static void Write(Utf8JsonWriter writer, double value) => Checked(writer).WriteNumberValue(value);

    /// <summary>A value that may be null.</summary>
    /// <typeparam name="T">The value's type.</typeparam>
    /// <param name="value">Writes the value.</param>
    public static ContentWriting<T?> Nullable<T>(ContentWriting<T> value)
        where T : struct =>
        (writer, nullable) =>
        {
            if (nullable is { } some)
                value(writer, some);
            else
                writer.WriteNullValue();
        };

    /// <summary>An array, or null.</summary>
    /// <typeparam name="TSequence">The type that has the elements.</typeparam>
    /// <typeparam name="T">The elements' type.</typeparam>
    /// <param name="element">Writes an element.</param>
    public static ContentWriting<TSequence> Sequence<TSequence, T>(ContentWriting<T> element)
        where TSequence : class?, IEnumerable<T>? =>
        (writer, sequence) =>
        {
            if (sequence is null)
            {
                writer.WriteNullValue();
                return;
            }

            CheckDepth(writer);
            writer.WriteStartArray();
            foreach (var value in sequence)
                element(writer, value);
            writer.WriteEndArray();
        };

    /// <summary>An object whose members are entries of a dictionary, or null.</summary>
    /// <typeparam name="TMap">The type that has the entries.</typeparam>
    /// <typeparam name="T">The values' type.</typeparam>
    /// <param name="value">Writes a value.</param>
    public static ContentWriting<TMap> Map<TMap, T>(ContentWriting<T> value)
        where TMap : class?, IEnumerable<KeyValuePair<string, T>>? =>
        (writer, map) =>
        {
            if (map is null)
            {
                writer.WriteNullValue();
                return;
            }

            StartObject(writer);
            foreach (var (key, entry) in map)
            {
                writer.WritePropertyName(key);
                value(writer, entry);
            }

            writer.WriteEndObject();
        };

    private static Utf8JsonWriter Checked(Utf8JsonWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        return writer;
    }

    private static void CheckDepth(Utf8JsonWriter writer)
    {
        if (Checked(writer).CurrentDepth >= MaxDepth)
            throw new JsonException($"The content is more than {MaxDepth} levels deep: does it contain itself?");
    }
}
