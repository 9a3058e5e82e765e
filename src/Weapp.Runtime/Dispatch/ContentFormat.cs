using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Weapp.Dispatch;

namespace Weapp;

/// <summary>Reads a content of one type, for generated code: false where the serializer has to.</summary>
/// <typeparam name="T">The content's type.</typeparam>
/// <param name="reader">The content.</param>
/// <param name="content">What was read.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public delegate bool ContentReading<T>(ref ContentReader reader, out T? content);

/// <summary>An object as generated code reads it.</summary>
/// <param name="Type">Its type.</param>
/// <param name="Members">Its members' names in JSON, and their types.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed record ContentObject(Type Type, params (string Name, Type Type)[] Members);

/// <summary>How contents of one type are read, for generated code.</summary>
/// <typeparam name="T">The content's type.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class ContentFormat<T>
{
    private readonly JsonTypeInfo<T> _typeInfo;
    private readonly ContentReading<T>? _reading;

    /// <summary>Looks up how the serializer reads the type.</summary>
    /// <param name="options">The app's JSON options.</param>
    /// <param name="reading">Reads plain contents ahead of the serializer. Used only while the app's options say the same as the objects.</param>
    /// <param name="objects">The objects that the reading expects.</param>
    public ContentFormat(JsonSerializerOptions options, ContentReading<T>? reading = null, params ContentObject[] objects)
    {
        ArgumentNullException.ThrowIfNull(options);
        _typeInfo = (JsonTypeInfo<T>)options.GetTypeInfo(typeof(T));
        if (reading is not null && PlainContents.AreReadAs(options, objects))
            _reading = reading;
    }

    /// <summary>Reads a content.</summary>
    /// <exception cref="JsonException">It does not fit the type.</exception>
    internal T? Read(ReadOnlySpan<byte> json)
    {
        if (_reading is not null)
        {
            var reader = new ContentReader(json);
            if (_reading(ref reader, out var content) && reader.TryFinish())
                return content;
        }

        return JsonSerializer.Deserialize(json, _typeInfo);
    }
}
