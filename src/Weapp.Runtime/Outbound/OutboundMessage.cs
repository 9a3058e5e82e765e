using System.ComponentModel;
using System.Text.Encodings.Web;
using System.Text.Json;
using Weapp.Contents;

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
    private readonly ContentWriting<T> _writing;

    /// <summary>Makes a type of message, and chooses who writes its contents: generated code, or the serializer.</summary>
    /// <param name="type">The message's type.</param>
    /// <param name="contentOptions">How contents are written.</param>
    /// <param name="writing">Writes as <see cref="JsonSerializerOptions.Web"/> means it; used while the app's options mean the same.</param>
    /// <exception cref="ArgumentException">The type is empty.</exception>
    /// <exception cref="InvalidOperationException">The serializer has to write, and the options have no metadata for <typeparamref name="T"/>.</exception>
    public OutboundMessage(string type, JsonSerializerOptions contentOptions, ContentWriting<T>? writing = null)
        : base(type)
    {
        ArgumentNullException.ThrowIfNull(contentOptions);
        _writing = writing is not null && WebContents.AreMeantBy(contentOptions) ? writing : ContentValue.Of<T>(contentOptions).Write;
    }

    /// <summary>Writes a content.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="content">The content.</param>
    public void WriteContent(Utf8JsonWriter writer, T content) => _writing(writer, content);
}
