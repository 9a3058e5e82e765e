using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Weapp.Contents;

namespace Weapp;

/// <summary>How contents of one type are read, for generated code.</summary>
/// <typeparam name="T">The content's type.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class ContentFormat<T>
{
    private readonly ContentReading<T>? _reading;
    private readonly ContentValue<T>? _value;

    /// <summary>Chooses who reads the contents: generated code, or the serializer.</summary>
    /// <param name="options">The app's JSON options.</param>
    /// <param name="reading">Reads as <see cref="JsonSerializerOptions.Web"/> means it; used while the app's options mean the same.</param>
    /// <exception cref="InvalidOperationException">The serializer has to read, and the options have no metadata for <typeparamref name="T"/>.</exception>
    public ContentFormat(JsonSerializerOptions options, ContentReading<T>? reading = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (reading is not null && WebContents.AreMeantBy(options))
            _reading = reading;
        else
            _value = ContentValue.Of<T>(options);
    }

    /// <summary>Reads a content: false where it does not fit the type.</summary>
    internal bool TryRead(ReadOnlySpan<byte> json, out T? content, [NotNullWhen(false)] out string? misfitPath)
    {
        if (_reading is null)
            return _value!.TryRead(json, out content, out misfitPath);
        var reader = new ContentReader(json);
        misfitPath = null;
        try
        {
            if (_reading(ref reader, out content) && reader.TryFinish())
                return true;
        }
        catch (Exception refusal) when (ContentValue.IsMisfit(refusal))
        {
            content = default;
            reader.RefuseLast();
        }

        misfitPath = reader.MisfitPath();
        return false;
    }
}
