using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Weapp.Dispatch;

/// <summary>Whether the serializer, with an app's options, would read objects as generated code does.</summary>
/// <remarks>
/// Generated code reads only members that it knows, each once, all of them there, none of them null; for anything else it hands over to the serializer.
/// So only what changes the meaning of exactly those members matters here.
/// </remarks>
internal static class PlainContents
{
    public static bool AreReadAs(JsonSerializerOptions options, ContentObject[] objects)
    {
        if (options.PreferredObjectCreationHandling != JsonObjectCreationHandling.Replace || options.MaxDepth is not (0 or >= 64))
            return false;
        foreach (var resolver in options.TypeInfoResolverChain)
        {
            // Others may have changed what a setter does, which nothing shows.
            if (resolver is not JsonSerializerContext
                && !(resolver is DefaultJsonTypeInfoResolver { Modifiers.Count: 0 } && resolver.GetType() == typeof(DefaultJsonTypeInfoResolver)))
                return false;
        }

        return Array.TrueForAll(objects, expected => IsReadAs(options, expected));
    }

    private static bool IsReadAs(JsonSerializerOptions options, ContentObject expected)
    {
        if (!TryGetBuiltIn(options, expected.Type, out var type)
            || type.Kind != JsonTypeInfoKind.Object
            || type.PolymorphismOptions is not null
            || type.OnDeserializing is not null
            || type.OnDeserialized is not null
            || type.PreferredPropertyObjectCreationHandling is not null)
            return false;

        var found = 0;
        foreach (var property in type.Properties)
        {
            var member = Array.Find(expected.Members, member => member.Name == property.Name);
            if (member.Type is null)
            {
                if (property.IsRequired)
                    return false;
                continue;
            }

            if (member.Type != property.PropertyType
                || property.CustomConverter is not null
                || property.ObjectCreationHandling is not null
                || (property.Set is null && property.AssociatedParameter is null)
                || !TryGetBuiltIn(options, member.Type, out _))
                return false;
            found++;
        }

        return found == expected.Members.Length;
    }

    private static bool TryGetBuiltIn(JsonSerializerOptions options, Type type, out JsonTypeInfo typeInfo) =>
        options.TryGetTypeInfo(type, out typeInfo!) && typeInfo.Converter.GetType().Assembly == typeof(JsonSerializer).Assembly;
}
