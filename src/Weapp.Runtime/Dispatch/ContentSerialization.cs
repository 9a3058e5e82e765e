using System.Text.Json;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;

namespace Weapp;

/// <summary>How contents are read and written: as the app's JSON over HTTP, so that one <c>ConfigureHttpJsonOptions</c> serves both.</summary>
internal sealed class ContentSerialization(IOptions<JsonOptions> options)
{
    /// <summary>The options. A context that the app has put into their resolver chain wins over reflection.</summary>
    public JsonSerializerOptions Options { get; } = options.Value.SerializerOptions;
}
