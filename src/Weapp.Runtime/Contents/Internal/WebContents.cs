using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Weapp.Contents;

/// <summary>Whether an app's JSON options mean what <see cref="JsonSerializerOptions.Web"/> means, which is what generated code does.</summary>
internal static class WebContents
{
    public static bool AreMeantBy(JsonSerializerOptions options) =>
        options is
        {
            PropertyNameCaseInsensitive: true,
            NumberHandling: JsonNumberHandling.AllowReadingFromString,
            Converters.Count: 0,
            DefaultIgnoreCondition: JsonIgnoreCondition.Never,
            IgnoreReadOnlyProperties: false,
            IncludeFields: false,
            MaxDepth: 0 or 64,
            UnmappedMemberHandling: JsonUnmappedMemberHandling.Skip,
            PreferredObjectCreationHandling: JsonObjectCreationHandling.Replace,
            ReferenceHandler: null,
            DictionaryKeyPolicy: null,
            AllowDuplicateProperties: true,
            RespectNullableAnnotations: false,
            RespectRequiredConstructorParameters: false,
        }
        && options.PropertyNamingPolicy == JsonNamingPolicy.CamelCase
        && !HasOwnMetadata(options);

    /// <summary>Whether somebody may have changed what types mean. A context says what the types themselves say.</summary>
    private static bool HasOwnMetadata(JsonSerializerOptions options)
    {
        foreach (var resolver in options.TypeInfoResolverChain)
        {
            if (resolver is not (JsonSerializerContext or DefaultJsonTypeInfoResolver { Modifiers.Count: 0 })
                || (resolver is DefaultJsonTypeInfoResolver && resolver.GetType() != typeof(DefaultJsonTypeInfoResolver)))
                return true;
        }

        return false;
    }
}
