using Microsoft.CodeAnalysis;

namespace Weapp.Generators.Parsing;

/// <summary>Which properties of a type the serializer reads or writes.</summary>
internal static class ContentProperties
{
    /// <summary>The properties in the serializer's order, ignored ones included; null where generated code would mean something else.</summary>
    public static List<ContentProperty>? Of(INamedTypeSymbol type)
    {
        List<ContentProperty> properties = [];
        Dictionary<string, IPropertySymbol> byName = [];
        HashSet<string> derivedNames = [];
        HashSet<string> jsonNames = new(StringComparer.OrdinalIgnoreCase);
        for (var declaring = type; declaring is { SpecialType: not (SpecialType.System_Object or SpecialType.System_ValueType) }; declaring = declaring.BaseType)
        {
            if (ContentShapes.IsOfTheFramework(declaring))
                return null;
            foreach (var member in declaring.GetMembers())
            {
                if (member is IFieldSymbol field && (field.IsRequired || JsonRules.HasAny(field)))
                    return null;
                if (member is not IPropertySymbol { IsStatic: false, IsIndexer: false, ExplicitInterfaceImplementations.Length: 0 } symbol)
                    continue;
                if (symbol.DeclaredAccessibility != Accessibility.Public)
                {
                    if (symbol.IsRequired || JsonRules.HasAny(symbol))
                        return null;
                    continue;
                }

                if (byName.TryGetValue(symbol.Name, out var derived))
                {
                    if (!IsOverridden(symbol, derived))
                        return null;
                    continue;
                }

                // Code would name what hides it.
                if (derivedNames.Contains(symbol.Name))
                    return null;
                byName.Add(symbol.Name, symbol);
                if (ContentProperty.Read(symbol) is not { } property || (!property.IsIgnored && !jsonNames.Add(property.JsonName)))
                    return null;
                properties.Add(property);
            }

            derivedNames.UnionWith(declaring.MemberNames);
        }

        return properties;
    }

    private static bool IsOverridden(IPropertySymbol symbol, IPropertySymbol derived) =>
        SymbolEqualityComparer.Default.Equals(derived.OverriddenProperty, symbol)
        && derived.GetMethod is null == symbol.GetMethod is null
        && derived.SetMethod is null == symbol.SetMethod is null
        && !JsonRules.HasAny(symbol)
        && !JsonRules.HasAny(derived);
}
