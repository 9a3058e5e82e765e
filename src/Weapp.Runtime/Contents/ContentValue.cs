using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Weapp;

/// <summary>A value that the serializer reads and writes, for generated code.</summary>
/// <typeparam name="T">The value's type.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class ContentValue<T>
{
    private readonly JsonTypeInfo<T> _typeInfo;

    internal ContentValue(JsonTypeInfo<T> typeInfo) => _typeInfo = typeInfo;

    /// <summary>Reads a value.</summary>
    /// <param name="reader">Where the value is next.</param>
    /// <param name="value">What was read.</param>
    public bool TryRead(ref ContentReader reader, out T? value) => reader.TryRead(this, out value);

    /// <summary>Writes a value.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="value">The value.</param>
    public void Write(Utf8JsonWriter writer, T? value) => JsonSerializer.Serialize(writer, value!, _typeInfo);

    internal bool TryRead(ReadOnlySpan<byte> json, out T? value, [NotNullWhen(false)] out string? misfitPath)
    {
        misfitPath = null;
        try
        {
            value = JsonSerializer.Deserialize(json, _typeInfo);
            return true;
        }
        catch (Exception misfit) when (ContentValue.IsMisfit(misfit))
        {
            value = default;
            misfitPath = (misfit as JsonException)?.Path ?? "$";
            return false;
        }
    }
}

/// <summary>Makes <see cref="ContentValue{T}"/>s, for generated code.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class ContentValue
{
    /// <summary>A value as the app's JSON options mean it.</summary>
    /// <typeparam name="T">The value's type.</typeparam>
    /// <param name="options">The app's JSON options.</param>
    /// <exception cref="InvalidOperationException">The options have no metadata for <typeparamref name="T"/>.</exception>
    public static ContentValue<T> Of<T>(JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.TryGetTypeInfo(typeof(T), out var typeInfo))
            return new((JsonTypeInfo<T>)typeInfo);
        if (ConverterOf(typeof(T)) is JsonConverter<T> converter)
            return new(JsonMetadataServices.CreateValueInfo<T>(options, converter));
        throw new InvalidOperationException(
            $"There is no JSON metadata for the content type {typeof(T)}: add [JsonSerializable(typeof({typeof(T).Name}))] to a JsonSerializerContext " +
            "of the app, and the context to the app's options with builder.Services.ConfigureHttpJsonOptions(…TypeInfoResolverChain.Insert(0, …)).");
    }

    /// <summary>
    /// Whether an exception says that a content does not fit: that of the serializer, or of a type's own constructor; the other one is what the
    /// serializer has for a content that does not tell which of several types it is.
    /// </summary>
    internal static bool IsMisfit(Exception exception) => exception is JsonException or NotSupportedException;

    /// <summary>What the simplest contents need no metadata for.</summary>
    private static JsonConverter? ConverterOf(Type type) =>
        type == typeof(string) ? JsonMetadataServices.StringConverter
        : type == typeof(bool) ? JsonMetadataServices.BooleanConverter
        : type == typeof(int) ? JsonMetadataServices.Int32Converter
        : type == typeof(long) ? JsonMetadataServices.Int64Converter
        : type == typeof(double) ? JsonMetadataServices.DoubleConverter
        : type == typeof(JsonElement) ? JsonMetadataServices.JsonElementConverter
        : null;
}
