using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Weapp.Generators.Parsing;

/// <summary>Finds what a handler has between an inherited method and the code that calls it by its name.</summary>
internal static class HidingMembers
{
    /// <summary>The member that a call of an inherited method would reach in its place; null where there is none.</summary>
    public static ISymbol? Of(IMethodSymbol inherited, INamedTypeSymbol handler, Compilation compilation)
    {
        for (var type = handler; !SymbolEqualityComparer.Default.Equals(type, inherited.ContainingType); type = type.BaseType!)
        {
            foreach (var member in type.GetMembers(inherited.Name))
            {
                if (compilation.IsSymbolAccessibleWithin(member, handler)
                    && (member is not IMethodSymbol method || (!method.IsOverride && Takes(method, inherited.Parameters, compilation))))
                    return member;
            }
        }

        return null;
    }

    /// <summary>Whether a method takes the arguments of another one. The compiler then looks no further, at whatever fits better in a base.</summary>
    private static bool Takes(IMethodSymbol method, IReadOnlyList<IParameterSymbol> arguments, Compilation compilation)
    {
        for (var i = 0; i < method.Parameters.Length; i++)
        {
            var parameter = method.Parameters[i];
            if (i >= arguments.Count)
                return parameter.IsOptional || parameter.IsParams;
            if (!method.IsGenericMethod && !parameter.IsParams && !compilation.ClassifyConversion(arguments[i].Type, parameter.Type).IsImplicit)
                return false;
        }

        return arguments.Count <= method.Parameters.Length || (method.Parameters.Length > 0 && method.Parameters[method.Parameters.Length - 1].IsParams);
    }
}
