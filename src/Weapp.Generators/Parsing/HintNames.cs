using System.Text;
using Microsoft.CodeAnalysis;

namespace Weapp.Generators.Parsing;

/// <summary>
/// Names generated files. The compiler takes no two names that differ by case alone, and types may: where they do, each capital is marked.
/// </summary>
internal static class HintNames
{
    private const char CapitalMark = '-';

    /// <summary>The type's file name; whether other types matter is looked up here, so that one type's name is no other's input.</summary>
    public static string Of(INamedTypeSymbol type, Compilation compilation)
    {
        var name = FullName(type);
        return (HasDouble(type, name, compilation) ? MarkCapitals(name) : name) + ".g.cs";
    }

    private static bool HasDouble(INamedTypeSymbol type, string fullName, Compilation compilation)
    {
        foreach (var other in compilation.GetSymbolsWithName(name => name.Equals(type.Name, StringComparison.OrdinalIgnoreCase), SymbolFilter.Type))
        {
            if (other is INamedTypeSymbol named && FullName(named) is var found && found != fullName && found.Equals(fullName, StringComparison.OrdinalIgnoreCase))
                return true;
        }

        return false;
    }

    private static string FullName(INamedTypeSymbol type)
    {
        var name = type.Name;
        for (var outer = type.ContainingType; outer is not null; outer = outer.ContainingType)
            name = outer.Name + "." + name;
        return type.NamespaceName() is { } @namespace ? @namespace.Replace("@", "") + "." + name : name;
    }

    private static string MarkCapitals(string name)
    {
        StringBuilder marked = new();
        foreach (var letter in name)
        {
            if (char.ToLowerInvariant(letter) != letter)
                marked.Append(CapitalMark);
            marked.Append(letter);
        }

        return marked.ToString();
    }
}
