using Microsoft.CodeAnalysis;

namespace Weapp.Generators.Model;

/// <summary>A type as generated code names it. The only way in which a type appears in a model.</summary>
/// <param name="Name">The simple name, for naming fields after it.</param>
/// <param name="FullName">The name with <c>global::</c>, without the outermost reference's <c>?</c>.</param>
internal sealed record TypeRef(string Name, string FullName)
{
    private static readonly SymbolDisplayFormat Full = SymbolDisplayFormat.FullyQualifiedFormat
        .AddMiscellaneousOptions(SymbolDisplayMiscellaneousOptions.IncludeNullableReferenceTypeModifier);

    public static TypeRef Of(ITypeSymbol type) => new(SimpleName(type), Display(type.WithNullableAnnotation(NullableAnnotation.NotAnnotated)));

    /// <summary>The name with <c>global::</c> and every <c>?</c>.</summary>
    public static string Display(ITypeSymbol type) => type.ToDisplayString(Full);

    private static string SimpleName(ITypeSymbol type) => type switch
    {
        IArrayTypeSymbol array => SimpleName(array.ElementType) + "Array",
        INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable => "Nullable" + SimpleName(nullable.TypeArguments[0]),
        INamedTypeSymbol { IsGenericType: true, IsTupleType: false } generic => generic.Name + "Of" + SimpleName(generic.TypeArguments[generic.Arity - 1]),
        { Name: "" } or INamedTypeSymbol { IsTupleType: true } => "Tuple",
        _ => type.Name,
    };
}
