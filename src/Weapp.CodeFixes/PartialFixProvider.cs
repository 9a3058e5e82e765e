using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using Weapp.Generators.Parsing;
using Weapp.Generators.Rules;

namespace Weapp.CodeFixes;

/// <summary>WEAPP001: makes a handler and the types around it partial.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(PartialFixProvider))]
[Shared]
internal sealed class PartialFixProvider() : DocumentFixProvider(DiagnosticIds.HandlerShape, "Add 'partial'")
{
    /// <inheritdoc/>
    protected override async Task<SyntaxNode?> FixAsync(Document document, SyntaxNode root, IReadOnlyList<TextSpan> spans, CancellationToken cancellationToken)
    {
        if (await document.GetSemanticModelAsync(cancellationToken).ConfigureAwait(false) is not { } model)
            return null;
        var types = spans
            .Select(span => root.FindToken(span.Start).Parent)
            .OfType<TypeDeclarationSyntax>()
            .Where(type => CanBeHandler(model.GetDeclaredSymbol(type, cancellationToken)))
            .SelectMany(static type => type.WithOuterTypes())
            .Where(static type => !type.IsPartial())
            .Distinct()
            .ToList();
        return types.Count == 0 ? null : root.ReplaceNodes(types, static (_, type) => type.AddPartial());
    }

    /// <summary>Whether the word is what is missing; of the types around a handler it always is.</summary>
    private static bool CanBeHandler(INamedTypeSymbol? type) => type is not null && (type.TypeKind == TypeKind.Class || HandlerParser.AttributeOf(type) is null);
}
