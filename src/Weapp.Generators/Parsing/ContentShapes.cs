using Microsoft.CodeAnalysis;
using Weapp.Generators.Model;

namespace Weapp.Generators.Parsing;

/// <summary>What the serializer does with types that are no objects.</summary>
internal static class ContentShapes
{
    /// <summary>The name of the runtime's value for a type; null where it has none.</summary>
    public static string? ValueName(ITypeSymbol type)
    {
        switch (type.SpecialType)
        {
            case SpecialType.System_Byte or SpecialType.System_SByte or SpecialType.System_Int16 or SpecialType.System_UInt16
                or SpecialType.System_UInt32 or SpecialType.System_UInt64 or SpecialType.System_Single or SpecialType.System_Decimal
                or SpecialType.System_Char or SpecialType.System_DateTime:
                return type.Name;
        }

        if (type is IArrayTypeSymbol { Rank: 1, ElementType.SpecialType: SpecialType.System_Byte })
            return "ByteArray";
        var isValue = type.Name switch
        {
            "Guid" or "DateTimeOffset" or "DateOnly" or "TimeOnly" or "TimeSpan" or "Uri" or "Version" => type.Is("System", type.Name),
            "JsonElement" => type.IsJsonElement(),
            "JsonNode" => type.Is("System.Text.Json.Nodes", "JsonNode"),
            "UserInfo" => type.IsUserInfo(),
            _ => false,
        };
        return isValue ? type.Name : null;
    }

    /// <summary>Whether the reader and the writer have a method for a type.</summary>
    public static bool IsPlain(ITypeSymbol type) => type.SpecialType
        is SpecialType.System_String or SpecialType.System_Boolean or SpecialType.System_Int32 or SpecialType.System_Int64 or SpecialType.System_Double;

    /// <summary>The type of a collection's elements, and how the collection is made of a list; null for other types.</summary>
    public static (ITypeSymbol Element, string Make)? Sequence(ITypeSymbol type)
    {
        const string Same = "static elements => elements";
        if (type is IArrayTypeSymbol { Rank: 1 } array)
            return (array.ElementType, "static elements => elements.ToArray()");
        if (type is not INamedTypeSymbol { Arity: 1 } named || !named.Is("System.Collections.Generic", named.Name, arity: 1))
            return null;
        var element = named.TypeArguments[0];
        return named.Name switch
        {
            "List" or "IList" or "ICollection" or "IEnumerable" or "IReadOnlyList" or "IReadOnlyCollection" => (element, Same),
            "HashSet" or "ISet" => (element, $"static elements => new global::System.Collections.Generic.HashSet<{TypeRef.Display(element)}>(elements)"),
            _ => null,
        };
    }

    /// <summary>The type of the values of a dictionary with texts as keys; null for other types.</summary>
    public static ITypeSymbol? MapValue(ITypeSymbol type) =>
        type is INamedTypeSymbol { Arity: 2, Name: "Dictionary" or "IDictionary" or "IReadOnlyDictionary" } named
        && named.Is("System.Collections.Generic", named.Name, arity: 2)
        && named.TypeArguments[0].SpecialType == SpecialType.System_String
            ? named.TypeArguments[1]
            : null;

    /// <summary>The enumeration that a type is, or that it is a nullable of; null for other types.</summary>
    public static ITypeSymbol? UnderlyingEnum(ITypeSymbol type)
    {
        var underlying = NullableValue(type) ?? type;
        return underlying.TypeKind == TypeKind.Enum ? underlying : null;
    }

    /// <summary>The type of which another is the nullable; null for other types.</summary>
    public static ITypeSymbol? NullableValue(ITypeSymbol type) =>
        type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable ? nullable.TypeArguments[0] : null;

    /// <summary>Whether a type may be an object with properties, and not something that the serializer has its own ideas of.</summary>
    public static bool MayBeObject(INamedTypeSymbol type)
    {
        if (type is not { TypeKind: TypeKind.Class or TypeKind.Struct, IsRefLikeType: false, IsTupleType: false, IsAnonymousType: false, IsStatic: false, SpecialType: SpecialType.None }
            || IsOfTheFramework(type)
            || JsonRules.HasAny(type)
            || JsonRules.HasHooks(type))
            return false;
        foreach (var implemented in type.AllInterfaces)
        {
            if (implemented.SpecialType == SpecialType.System_Collections_IEnumerable || implemented.Is("System.Collections.Generic", "IAsyncEnumerable", arity: 1))
                return false;
        }

        return true;
    }

    public static bool IsOfTheFramework(INamedTypeSymbol type)
    {
        var outermost = type.ContainingNamespace;
        while (outermost is { IsGlobalNamespace: false, ContainingNamespace.IsGlobalNamespace: false })
            outermost = outermost.ContainingNamespace;
        return outermost?.Name == "System";
    }
}
