using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Weapp.Generators.Rules;

/// <summary>WEAPP001: which classes the generator can complete.</summary>
internal static class HandlerShapeRule
{
    /// <summary>Why no part can be added to the class, or no container can make the result: names to squiggle, and what to do.</summary>
    public static List<(ISymbol At, string Advice)> Find(INamedTypeSymbol handler)
    {
        if (handler.TypeKind != TypeKind.Class)
            return [(handler, "make it a class, since a container makes one object of it")];
        List<(ISymbol, string)> problems = [];
        if (handler.IsStatic)
            problems.Add((handler, "remove 'static', since a handler is an object"));
        else if (handler.IsAbstract)
            problems.Add((handler, "remove 'abstract', or put the attribute on the classes that inherit from it"));
        if (handler.IsFileLocal)
            problems.Add((handler, "remove 'file', since its other part is in another file"));
        if (handler.TypeParameters.Length > 0)
            problems.Add((handler, "remove its type parameters"));
        if (!IsPartial(handler))
            problems.Add((handler, "add 'partial' to its declaration"));
        for (var outer = handler.ContainingType; outer is not null; outer = outer.ContainingType)
        {
            if (outer.TypeParameters.Length > 0)
                problems.Add((handler, $"move it out of the generic type '{outer.Name}'"));
            if (outer.IsFileLocal)
                problems.Add((handler, $"move it out of the file-local type '{outer.Name}'"));
            if (!IsPartial(outer))
                problems.Add((outer, $"add 'partial' to the declaration of its outer type '{outer.Name}'"));
        }

        return problems;
    }

    private static bool IsPartial(INamedTypeSymbol type)
    {
        foreach (var reference in type.DeclaringSyntaxReferences)
        {
            if (reference.GetSyntax() is TypeDeclarationSyntax declaration && declaration.Modifiers.Any(SyntaxKind.PartialKeyword))
                return true;
        }

        return false;
    }
}
