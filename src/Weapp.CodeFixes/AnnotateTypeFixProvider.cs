using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using Weapp.Generators.Parsing;
using Weapp.Generators.Rules;

namespace Weapp.CodeFixes;

/// <summary>WEAPP005: puts <c>[TunnelHandler]</c> on the class whose methods take events, or <c>[TunnelClient]</c> on the interface whose methods send.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(AnnotateTypeFixProvider))]
[Shared]
internal sealed class AnnotateTypeFixProvider() : DocumentFixProvider(DiagnosticIds.StrayEvent, "Annotate the type")
{
    /// <inheritdoc/>
    protected override async Task<SyntaxNode?> FixAsync(
        Document document, SyntaxNode root, IReadOnlyList<TextSpan> spans, CancellationToken cancellationToken)
    {
        if (await document.GetSemanticModelAsync(cancellationToken).ConfigureAwait(false) is not { } model)
            return null;
        Dictionary<TypeDeclarationSyntax, NameSyntax?> annotations = [];
        foreach (var span in spans)
        {
            if (root.FindNode(span).FirstAncestorOrSelf<AttributeSyntax>() is not { Parent.Parent: MethodDeclarationSyntax } stray
                || stray.FirstAncestorOrSelf<TypeDeclarationSyntax>() is not { } part
                || model.GetDeclaredSymbol(part, cancellationToken) is not { } symbol
                || AttributeFor(part, symbol, stray) is not { } name
                || PartToAnnotate(symbol, cancellationToken) is not { } type
                || type.SyntaxTree != root.SyntaxTree)
                continue;
            annotations[type] = name;
            if (type is InterfaceDeclarationSyntax)
                continue;
            foreach (var outer in type.WithOuterTypes().Where(outer => !annotations.ContainsKey(outer)))
                annotations.Add(outer, null);
        }

        var endOfLine = root.EndOfLine();
        return annotations.Count == 0 ? null : root.ReplaceNodes(annotations.Keys, (old, type) => Complete(type, annotations[old], endOfLine));
    }

    private static TypeDeclarationSyntax Complete(TypeDeclarationSyntax type, NameSyntax? attribute, SyntaxTrivia endOfLine) => (type, attribute) switch
    {
        (_, null) => type.AddPartial(),
        (InterfaceDeclarationSyntax, _) => type.AddAttribute(attribute, endOfLine),
        _ => type.AddPartial().AddAttribute(attribute, endOfLine),
    };

    /// <summary>The part with the first event: of a type in several parts one is annotated, whichever of them the findings are in.</summary>
    private static TypeDeclarationSyntax? PartToAnnotate(INamedTypeSymbol type, CancellationToken cancellationToken) => type.GetMembers()
        .OfType<IMethodSymbol>()
        .SelectMany(EventAttribute.Of)
        .Select(attribute => attribute.Data.ApplicationSyntaxReference?.GetSyntax(cancellationToken).FirstAncestorOrSelf<TypeDeclarationSyntax>())
        .FirstOrDefault();

    /// <summary>The missing attribute, qualified as the stray one is; null where the type would still not be a right one.</summary>
    private static NameSyntax? AttributeFor(TypeDeclarationSyntax type, INamedTypeSymbol symbol, AttributeSyntax stray)
    {
        var written = stray.Name is QualifiedNameSyntax { Right: var right } ? right : stray.Name;
        if (written is not IdentifierNameSyntax { Identifier.ValueText: var name } || !name.StartsWith("Tunnel", StringComparison.Ordinal))
            return null;
        for (var outer = symbol; outer is not null; outer = outer.ContainingType)
        {
            if (outer.Arity > 0 || outer.IsFileLocal)
                return null;
        }

        string? missing = null;
        if (type is InterfaceDeclarationSyntax)
            missing = name is "TunnelMessage" or "TunnelMessageAttribute" ? "TunnelClient" : null;
        else if (symbol is { TypeKind: TypeKind.Class, IsStatic: false })
            missing = "TunnelHandler";
        if (missing is null)
            return null;
        var identifier = SyntaxFactory.IdentifierName(missing);
        return stray.Name is QualifiedNameSyntax qualified ? qualified.WithRight(identifier) : identifier;
    }
}
