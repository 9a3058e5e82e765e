using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Weapp.Generators.Rules;

/// <summary>WEAPP001: which classes the generator can complete.</summary>
internal static class HandlerShapeRule
{
    /// <summary>Whether a part can be added to the handler, and the result can be made by a container.</summary>
    public static bool Check(INamedTypeSymbol handler, Reporter reporter)
    {
        var ok = true;
        if (handler.IsStatic)
            Fail("remove 'static', since a handler is an object");
        else if (handler.IsAbstract)
            Fail("remove 'abstract', or put the attribute on the classes that inherit from it");
        if (handler.IsFileLocal)
            Fail("remove 'file', since its other part is in another file");
        if (handler.TypeParameters.Length > 0)
            Fail("remove its type parameters");
        if (!IsPartial(handler))
            Fail("add 'partial' to its declaration");
        for (var outer = handler.ContainingType; outer is not null; outer = outer.ContainingType)
        {
            if (outer.TypeParameters.Length > 0)
                Fail($"move it out of the generic type '{outer.Name}'");
            if (outer.IsFileLocal)
                Fail($"move it out of the file-local type '{outer.Name}'");
            if (IsPartial(outer))
                continue;
            reporter.Report(Descriptors.HandlerShape, outer, handler.Name, $"add 'partial' to the declaration of its outer type '{outer.Name}'");
            ok = false;
        }

        return ok;

        void Fail(string advice)
        {
            reporter.Report(Descriptors.HandlerShape, handler, handler.Name, advice);
            ok = false;
        }
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
