using System.Linq;
using Microsoft.CodeAnalysis;
using Weapp.Generators.Parsing;

namespace Weapp.Generators.Rules;

/// <summary>
/// The types for which <c>JsonSerializerContext</c>s have metadata, those of a compilation and of the libraries that it uses: the types that they
/// name, and those within these.
/// </summary>
internal sealed class SerializableTypes
{
    private readonly HashSet<ITypeSymbol> _types = new(SymbolEqualityComparer.Default);

    public static SerializableTypes Of(Compilation compilation)
    {
        var found = new SerializableTypes();
        found.Add(Contexts(compilation.Assembly.GlobalNamespace));
        foreach (var library in compilation.SourceModule.ReferencedAssemblySymbols)
        {
            if (MayHaveContexts(library))
                found.Add(Contexts(library.GlobalNamespace).Where(context => compilation.IsSymbolAccessibleWithin(context, compilation.Assembly)));
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

    /// <summary>Whether a library is one of the app's own, as far as its name and its references tell.</summary>
    private static bool MayHaveContexts(IAssemblySymbol library)
    {
        if (library.Name.StartsWith("System.", StringComparison.Ordinal) || library.Name.StartsWith("Microsoft.", StringComparison.Ordinal))
            return false;
        foreach (var module in library.Modules)
        {
            foreach (var reference in module.ReferencedAssemblies)
            {
                if (reference.Name == "System.Text.Json")
                    return true;
            }
        }

        return false;
    }

    private void Add(IEnumerable<INamedTypeSymbol> contexts)
    {
        foreach (var context in contexts)
        {
            foreach (var attribute in context.GetAttributes())
            {
                if (JsonRules.Name(attribute) == "JsonSerializableAttribute" && attribute.Argument(0) is ITypeSymbol type)
                    Add(type);
            }
        }
    }

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
