using System.Text.Json;
using Microsoft.Extensions.Options;
using HttpJsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace Weapp.Contents;

/// <summary>How contents are read and written: as the app's minimal APIs do it, so that <c>ConfigureHttpJsonOptions</c> serves both.</summary>
internal sealed class ContentSerialization
{
    public ContentSerialization(IOptions<HttpJsonOptions> options)
    {
        Options = options.Value.SerializerOptions;
        // Metadata is looked up once and kept, which only read-only options allow.
        Options.MakeReadOnly();
    }

    public JsonSerializerOptions Options { get; }
}
