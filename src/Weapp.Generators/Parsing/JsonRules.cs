using Microsoft.CodeAnalysis;

namespace Weapp.Generators.Parsing;

/// <summary>What attributes say to the serializer.</summary>
internal static class JsonRules
{
    private const string Serialization = "System.Text.Json.Serialization";

    /// <summary>Whether the serializer is told something about a symbol, or code must not name it.</summary>
    public static bool HasAny(ISymbol symbol)
    {
        foreach (var attribute in symbol.GetAttributes())
        {
            if (Name(attribute) is not null || IsForbidden(attribute))
                return true;
        }

        return false;
    }

    /// <summary>The serializer's attribute that this one is or derives from; null for others.</summary>
    public static string? Name(AttributeData attribute)
    {
        for (var type = attribute.AttributeClass; type is not null; type = type.BaseType)
        {
            if (type.Is(Serialization, type.Name))
                return SymbolEqualityComparer.Default.Equals(type, attribute.AttributeClass) ? type.Name : "";
        }

        return null;
    }

    /// <summary>Whether an attribute makes naming its symbol an error.</summary>
    public static bool IsForbidden(AttributeData attribute) =>
        attribute.AttributeClass is { } type
        && (type.Is("System.Diagnostics.CodeAnalysis", "ExperimentalAttribute")
            || (type.Is("System", "ObsoleteAttribute") && attribute.Argument(1) is true));

    /// <summary>Whether <c>[JsonConverter]</c> names the converter that writes an enumeration as names.</summary>
    public static bool IsEnumName(AttributeData attribute, ITypeSymbol enumeration) =>
        attribute.Argument(0) is INamedTypeSymbol converter
        && (converter.Is(Serialization, "JsonStringEnumConverter")
            || (converter.Is(Serialization, "JsonStringEnumConverter", arity: 1) && SymbolEqualityComparer.Default.Equals(converter.TypeArguments[0], enumeration)));

    /// <summary>What the constructor of an attribute was given; null where it was not.</summary>
    public static object? Argument(this AttributeData attribute, int index) =>
        attribute.ConstructorArguments.Length > index ? attribute.ConstructorArguments[index].Value : null;

    /// <summary>Whether objects of a type are told when they are read or written.</summary>
    public static bool HasHooks(INamedTypeSymbol type)
    {
        foreach (var implemented in type.AllInterfaces)
        {
            if (implemented.Is(Serialization, implemented.Name))
                return true;
        }

        return false;
    }
}
