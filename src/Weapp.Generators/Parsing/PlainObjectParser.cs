using Microsoft.CodeAnalysis;
using Weapp.Generators.Model;

namespace Weapp.Generators.Parsing;

/// <summary>
/// Reads content types that are made of texts, truth values, numbers and objects of such. Most are; whatever else one has is left to the serializer,
/// and so is what the app's JSON options change: the runtime compares.
/// </summary>
internal sealed class PlainObjectParser
{
    // Which members have been seen is kept in the bits of an int.
    private const int MaxMembers = 31;

    private readonly List<PlainObject> _objects = [];
    private readonly HashSet<string> _started = [];

    /// <summary>The content's type and the types within it; empty where one of them is not plain.</summary>
    public static EquatableArray<PlainObject> Parse(ITypeSymbol content)
    {
        var parser = new PlainObjectParser();
        if (!parser.TryAdd(content))
            return default;
        parser._objects.Reverse();
        return parser._objects.ToEquatableArray();
    }

    private bool TryAdd(ITypeSymbol type)
    {
        if (type is not INamedTypeSymbol { TypeKind: TypeKind.Class, IsAbstract: false, Arity: 0, SpecialType: SpecialType.None, BaseType.SpecialType: SpecialType.System_Object } named
            || HasRules(named)
            || ConstructorOf(named) is not { } constructor)
            return false;
        var reference = TypeRef.Of(named);
        if (!_started.Add(reference.FullName))
            return true;
        if (ReadMembers(named, constructor) is not { } members)
            return false;
        _objects.Add(new(reference, members.ToEquatableArray()));
        return true;
    }

    private List<PlainMember>? ReadMembers(INamedTypeSymbol type, IMethodSymbol constructor)
    {
        var parameters = new PlainMember?[constructor.Parameters.Length];
        List<PlainMember> properties = [];
        HashSet<string> names = new(StringComparer.OrdinalIgnoreCase);
        foreach (var symbol in type.GetMembers())
        {
            if (symbol is IFieldSymbol { IsRequired: true }
                || (symbol is IFieldSymbol or IPropertySymbol && HasRules(symbol, except: "JsonPropertyNameAttribute")))
                return null;
            if (symbol is not IPropertySymbol { IsStatic: false, IsIndexer: false } property)
                continue;
            var parameter = ParameterOf(property, constructor);
            if (property.DeclaredAccessibility != Accessibility.Public || (parameter < 0 && property.SetMethod?.DeclaredAccessibility != Accessibility.Public))
            {
                if (property.IsRequired)
                    return null;
                continue;
            }

            if (Read(property, parameter >= 0) is not { } member || !names.Add(member.JsonName))
                return null;
            if (parameter >= 0)
                parameters[parameter] = member;
            else
                properties.Add(member);
        }

        List<PlainMember> members = [];
        foreach (var parameter in parameters)
        {
            if (parameter is null)
                return null;
            members.Add(parameter);
        }

        members.AddRange(properties);
        return members.Count <= MaxMembers ? members : null;
    }

    private PlainMember? Read(IPropertySymbol property, bool isParameter)
    {
        var isObject = false;
        switch (property.Type.SpecialType)
        {
            case SpecialType.System_String or SpecialType.System_Boolean or SpecialType.System_Int32 or SpecialType.System_Int64 or SpecialType.System_Double:
                break;
            default:
                isObject = true;
                if (!TryAdd(property.Type))
                    return null;
                break;
        }

        return new(JsonName(property), isParameter ? null : property.Name, TypeRef.Of(property.Type).FullName, isObject);
    }

    /// <summary>The constructor that the serializer takes, where there is no choice.</summary>
    private static IMethodSymbol? ConstructorOf(INamedTypeSymbol type)
    {
        IMethodSymbol? only = null;
        foreach (var constructor in type.InstanceConstructors)
        {
            if (HasRules(constructor))
                return null;
            if (constructor.DeclaredAccessibility != Accessibility.Public)
                continue;
            if (only is not null)
                return null;
            only = constructor;
        }

        return only;
    }

    private static int ParameterOf(IPropertySymbol property, IMethodSymbol constructor)
    {
        foreach (var parameter in constructor.Parameters)
        {
            if (parameter.RefKind == RefKind.None
                && string.Equals(parameter.Name, property.Name, StringComparison.OrdinalIgnoreCase)
                && SymbolEqualityComparer.Default.Equals(parameter.Type, property.Type))
                return parameter.Ordinal;
        }

        return -1;
    }

    /// <summary>Whether an attribute says how the serializer reads the symbol, or that code should not name it.</summary>
    private static bool HasRules(ISymbol symbol, string? except = null)
    {
        foreach (var attribute in symbol.GetAttributes())
        {
            // One's own attributes may derive from the serializer's.
            for (var type = attribute.AttributeClass; type is not null && type.Name != except; type = type.BaseType)
            {
                if (type.Is("System.Text.Json.Serialization", type.Name)
                    || type.Is("System", "ObsoleteAttribute")
                    || type.Is("System.Diagnostics.CodeAnalysis", "ExperimentalAttribute"))
                    return true;
            }
        }

        return false;
    }

    private static string JsonName(IPropertySymbol property)
    {
        foreach (var attribute in property.GetAttributes())
        {
            if (attribute.AttributeClass?.Is("System.Text.Json.Serialization", "JsonPropertyNameAttribute") == true
                && attribute.ConstructorArguments.Length == 1
                && attribute.ConstructorArguments[0].Value is string name)
                return name;
        }

        return CamelCase(property.Name);
    }

    /// <summary>The name under the Web defaults; under other policies it does not matter, for then the serializer reads.</summary>
    private static string CamelCase(string name)
    {
        var letters = name.ToCharArray();
        for (var i = 0; i < letters.Length && char.IsUpper(letters[i]); i++)
        {
            if (i > 0 && i + 1 < letters.Length && !char.IsUpper(letters[i + 1]))
                break;
            letters[i] = char.ToLowerInvariant(letters[i]);
        }

        return new string(letters);
    }
}
