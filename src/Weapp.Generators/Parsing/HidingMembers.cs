using System.Collections.Immutable;
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

    /// <summary>Whether a method takes the arguments of another one. If so, the compiler looks no further, at whatever fits better in a base.</summary>
    private static bool Takes(IMethodSymbol method, ImmutableArray<IParameterSymbol> arguments, Compilation compilation)
    {
        var parameters = method.Parameters;
        var last = parameters.Length - 1;
        for (var i = 0; i < arguments.Length; i++)
        {
            if (last < 0 || (i > last && !parameters[last].IsParams))
                return false;
            if (!method.IsGenericMethod && !Takes(parameters[Math.Min(i, last)], arguments[i].Type, compilation))
                return false;
        }

        return last < arguments.Length || parameters[arguments.Length].IsOptional || parameters[arguments.Length].IsParams;
    }

    private static bool Takes(IParameterSymbol parameter, ITypeSymbol argument, Compilation compilation) =>
        compilation.ClassifyConversion(argument, parameter.Type).IsImplicit
        || (parameter is { IsParams: true, Type: IArrayTypeSymbol array } && compilation.ClassifyConversion(argument, array.ElementType).IsImplicit);
}
