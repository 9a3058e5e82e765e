using System.ComponentModel;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Weapp;

/// <summary>A type of message that the app sends, for generated code.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public class OutboundMessage
{
    /// <summary>Makes a type of message.</summary>
    /// <param name="type">The message's type.</param>
    /// <exception cref="ArgumentException">The type is empty.</exception>
    public OutboundMessage(string type)
    {
        ArgumentException.ThrowIfNullOrEmpty(type);
        Type = type;
        EncodedType = JsonEncodedText.Encode(type, JavaScriptEncoder.UnsafeRelaxedJsonEscaping);
    }

    /// <summary>The message's type.</summary>
    public string Type { get; }

    internal JsonEncodedText EncodedType { get; }
}

/// <summary>A type of message with content that the app sends, for generated code.</summary>
/// <typeparam name="T">The content's type.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class OutboundMessage<T> : OutboundMessage
{
    /// <summary>Makes a type of message.</summary>
    /// <param name="type">The message's type.</param>
    /// <param name="contentOptions">How contents are written.</param>
    /// <exception cref="ArgumentException">The type is empty.</exception>
    /// <exception cref="NotSupportedException">The options have no way to write <typeparamref name="T"/>.</exception>
    public OutboundMessage(string type, JsonSerializerOptions contentOptions)
        : base(type)
    {
        ArgumentNullException.ThrowIfNull(contentOptions);
        Content = (JsonTypeInfo<T>)contentOptions.GetTypeInfo(typeof(T));
    }

    internal JsonTypeInfo<T> Content { get; }
}
