using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Weapp.Generators.Rules;

/// <summary>
/// Where the rules say what they find. The generator runs the same rules as the analyzer with <see cref="Silent"/>, which never looks at a location.
/// </summary>
internal sealed class Reporter(Action<Diagnostic>? report)
{
    public static readonly Reporter Silent = new(null);

    /// <summary>Reports at a name.</summary>
    public void Report(DiagnosticDescriptor rule, ISymbol symbol, params object[] arguments)
    {
        if (report is not null)
            Report(rule, symbol.Locations[0], arguments);
    }

    /// <summary>Reports at a name, with something for a fix.</summary>
    public void Report(DiagnosticDescriptor rule, ISymbol symbol, ImmutableDictionary<string, string?> properties, params object[] arguments) =>
        report?.Invoke(Diagnostic.Create(rule, symbol.Locations[0], properties, arguments));

    /// <summary>Reports at an expression.</summary>
    public void ReportExpression(DiagnosticDescriptor rule, SyntaxNode expression, params object[] arguments)
    {
        if (report is not null)
            Report(rule, expression.GetLocation(), arguments);
    }

    /// <summary>Reports at an expression, with something for a fix.</summary>
    public void ReportExpression(DiagnosticDescriptor rule, SyntaxNode expression, ImmutableDictionary<string, string?> properties, params object[] arguments) =>
        report?.Invoke(Diagnostic.Create(rule, expression.GetLocation(), properties, arguments));

    /// <summary>Reports at a whole parameter, with something for a fix.</summary>
    public void ReportParameter(DiagnosticDescriptor rule, IParameterSymbol parameter, ImmutableDictionary<string, string?> properties, params object[] arguments) =>
        report?.Invoke(Diagnostic.Create(rule, LocationOf(parameter), properties, arguments));

    /// <summary>Reports at a whole parameter.</summary>
    public void ReportParameter(DiagnosticDescriptor rule, IParameterSymbol parameter, params object[] arguments)
    {
        if (report is not null)
            Report(rule, LocationOf(parameter), arguments);
    }

    /// <summary>Reports at an attribute.</summary>
    public void ReportAttribute(DiagnosticDescriptor rule, AttributeData attribute, ISymbol owner, params object[] arguments)
    {
        if (report is not null)
            Report(rule, attribute.ApplicationSyntaxReference is { } reference ? At(reference) : owner.Locations[0], arguments);
    }

    /// <summary>Reports at a return type.</summary>
    public void ReportReturnType(DiagnosticDescriptor rule, IMethodSymbol method, params object[] arguments)
    {
        if (report is null)
            return;
        var declaration = Declaration(method)?.GetSyntax() as MethodDeclarationSyntax;
        Report(rule, declaration?.ReturnType.GetLocation() ?? method.Locations[0], arguments);
    }

    private static Location LocationOf(IParameterSymbol parameter) => Declaration(parameter) is { } reference ? At(reference) : parameter.Locations[0];

    private static SyntaxReference? Declaration(ISymbol symbol) =>
        symbol.DeclaringSyntaxReferences.Length > 0 ? symbol.DeclaringSyntaxReferences[0] : null;

    private static Location At(SyntaxReference reference) => Location.Create(reference.SyntaxTree, reference.Span);

    private void Report(DiagnosticDescriptor rule, Location location, object[] arguments) => report!(Diagnostic.Create(rule, location, arguments));
}
