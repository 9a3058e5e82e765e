using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Weapp.Generators.Emitting;

namespace Weapp.Generators.Parsing;

/// <summary>The constructor that the serializer takes. Parsers hold it, models do not.</summary>
/// <param name="Symbol">The constructor; null for a struct's default.</param>
internal readonly record struct ContentConstructor(IMethodSymbol? Symbol)
{
    /// <summary>
    /// Whether it leaves the properties of its own type alone, as far as they are none of its parameters. A base's constructor may set them too,
    /// by what it calls.
    /// </summary>
    public bool LeavesProperties
    {
        get
        {
            if (Symbol is null)
                return true;
            if (HasBody(Symbol))
                return false;
            for (var type = Symbol.ContainingType.BaseType; type is { SpecialType: not SpecialType.System_Object }; type = type.BaseType)
            {
                foreach (var constructor in type.InstanceConstructors)
                {
                    if (HasBody(constructor))
                        return false;
                }
            }

            return true;
        }
    }

    /// <summary>Whether it sets what the compiler asks callers to set.</summary>
    public bool SetsRequiredMembers
    {
        get
        {
            if (Symbol is null)
                return false;
            foreach (var attribute in Symbol.GetAttributes())
            {
                if (attribute.AttributeClass?.Is("System.Diagnostics.CodeAnalysis", "SetsRequiredMembersAttribute") == true)
                    return true;
            }

            return false;
        }
    }

    /// <summary>Finds the constructor; null where there is none, or more than one.</summary>
    public static ContentConstructor? Find(INamedTypeSymbol type)
    {
        if (type.IsAbstract)
            return null;
        IMethodSymbol? chosen = null, withoutParameters = null, other = null;
        var others = 0;
        foreach (var constructor in type.InstanceConstructors)
        {
            var isChosen = false;
            foreach (var attribute in constructor.GetAttributes())
            {
                if (JsonRules.IsForbidden(attribute))
                    return null;
                isChosen |= JsonRules.Name(attribute) is not null;
            }

            if (isChosen)
            {
                if (chosen is not null || constructor.DeclaredAccessibility != Accessibility.Public)
                    return null;
                chosen = constructor;
            }
            else if (constructor.Parameters.Length == 0)
            {
                withoutParameters = constructor;
            }
            else if (constructor.DeclaredAccessibility == Accessibility.Public)
            {
                other = constructor;
                others++;
            }
        }

        if (chosen is not null)
            return new(chosen);
        if (type.IsValueType)
        {
            // The serializer passes a constructor without parameters by; code cannot.
            return withoutParameters is { IsImplicitlyDeclared: false } ? null : new(null);
        }

        if (withoutParameters?.DeclaredAccessibility == Accessibility.Public)
            return new(withoutParameters);
        return others == 1 ? new(other) : null;
    }

    /// <summary>Whether a constructor has, or may have, statements.</summary>
    private static bool HasBody(IMethodSymbol constructor) =>
        !constructor.IsImplicitlyDeclared
        && (constructor.DeclaringSyntaxReferences.Length == 0 || constructor.DeclaringSyntaxReferences[0].GetSyntax() is not TypeDeclarationSyntax);

    /// <summary>The parameter's default in code; null for the type's own, false where code cannot say it.</summary>
    public static bool TryReadDefault(IParameterSymbol parameter, out string? code)
    {
        code = null;
        if (!parameter.HasExplicitDefaultValue || parameter.ExplicitDefaultValue is not { } value)
            return true;
        var literal = value switch
        {
            string text => Code.Literal(text),
            bool flag => flag ? "true" : "false",
            char letter => Microsoft.CodeAnalysis.CSharp.SymbolDisplay.FormatLiteral(letter, quote: true),
            float number when !float.IsNaN(number) && !float.IsInfinity(number) => number.ToString("R", CultureInfo.InvariantCulture) + "f",
            double number when !double.IsNaN(number) && !double.IsInfinity(number) => number.ToString("R", CultureInfo.InvariantCulture) + "d",
            decimal number => number.ToString(CultureInfo.InvariantCulture) + "m",
            long number => number.ToString(CultureInfo.InvariantCulture) + "L",
            uint number => number.ToString(CultureInfo.InvariantCulture) + "U",
            ulong number => number.ToString(CultureInfo.InvariantCulture) + "UL",
            IFormattable and (int or short or sbyte or byte or ushort) => ((IFormattable)value).ToString(null, CultureInfo.InvariantCulture),
            _ => null,
        };
        var type = ContentShapes.UnderlyingEnum(parameter.Type);
        code = type is null || literal is null ? literal : $"({Model.TypeRef.Display(type)})({literal})";
        return literal is not null;
    }
}
