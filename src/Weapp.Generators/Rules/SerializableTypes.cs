using Microsoft.CodeAnalysis;
using Weapp.Generators.Parsing;

namespace Weapp.Generators.Rules;

/// <summary>The types for which a compilation's <c>JsonSerializerContext</c>s have metadata: those that they name, and those within these.</summary>
internal sealed class SerializableTypes
{
    private readonly HashSet<ITypeSymbol> _types = new(SymbolEqualityComparer.Default);

    public static SerializableTypes Of(Compilation compilation)
    {
        var found = new SerializableTypes();
        foreach (var context in Contexts(compilation.Assembly.GlobalNamespace))
        {
            foreach (var attribute in context.GetAttributes())
            {
                if (JsonRules.Name(attribute) == "JsonSerializableAttribute" && attribute.Argument(0) is ITypeSymbol type)
                    found.Add(type);
            }
        }

        return found;
    }

    /// <summary>The context classes of a compilation, in the order of their declaration.</summary>
    public static IEnumerable<INamedTypeSymbol> Contexts(INamespaceOrTypeSymbol container)
    {
        foreach (var member in container.GetMembers())
        {
            if (member is not INamespaceOrTypeSymbol inner)
                continue;
            if (inner is INamedTypeSymbol { BaseType: { } baseType } type && baseType.Is("System.Text.Json.Serialization", "JsonSerializerContext"))
                yield return type;
            foreach (var nested in Contexts(inner))
                yield return nested;
        }
    }

    public bool Contains(ITypeSymbol type) => _types.Contains(type);

    private void Add(ITypeSymbol type)
    {
        if (type.TypeKind == TypeKind.Error || !_types.Add(type))
            return;
        if (type is IArrayTypeSymbol array)
        {
            Add(array.ElementType);
            return;
        }

        if (type is not INamedTypeSymbol named)
            return;
        foreach (var argument in named.TypeArguments)
            Add(argument);
        if (ContentShapes.IsOfTheFramework(named))
            return;
        foreach (var attribute in named.GetAttributes())
        {
            if (JsonRules.Name(attribute) == "JsonDerivedTypeAttribute" && attribute.Argument(0) is ITypeSymbol derived)
                Add(derived);
        }

        for (var declaring = named; declaring is not null; declaring = declaring.BaseType)
        {
            foreach (var member in declaring.GetMembers())
            {
                if (member is IPropertySymbol { IsStatic: false, DeclaredAccessibility: Accessibility.Public or Accessibility.Internal } property)
                    Add(property.Type);
            }
        }
    }
}
