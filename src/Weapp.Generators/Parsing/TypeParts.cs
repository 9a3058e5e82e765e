using Microsoft.CodeAnalysis;

namespace Weapp.Generators.Parsing;

/// <summary>Looks for types that a type's name is made of: its elements, its type arguments, the types around it.</summary>
internal static class TypeParts
{
    /// <summary>Whether the compiler does not know the type or one in its name; it says so itself.</summary>
    public static bool HasErrors(this ITypeSymbol type) => type.Mentions(static part => part.TypeKind == TypeKind.Error);

    /// <summary>Whether no other file can name the type.</summary>
    public static bool IsOfOneFile(this ITypeSymbol type) => type.Mentions(static part => part.IsFileLocal);

    private static bool Mentions(this ITypeSymbol type, Func<INamedTypeSymbol, bool> isWanted)
    {
        if (type is IArrayTypeSymbol array)
            return array.ElementType.Mentions(isWanted);
        if (type is not INamedTypeSymbol named)
            return false;
        if (isWanted(named) || named.ContainingType?.Mentions(isWanted) == true)
            return true;
        foreach (var argument in named.TypeArguments)
        {
            if (argument.Mentions(isWanted))
                return true;
        }

        return false;
    }
}
