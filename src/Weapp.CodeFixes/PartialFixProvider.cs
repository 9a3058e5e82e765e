using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using Weapp.Generators.Rules;

namespace Weapp.CodeFixes;

/// <summary>WEAPP001: makes a handler and the types around it partial.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(PartialFixProvider))]
[Shared]
internal sealed class PartialFixProvider() : DocumentFixProvider(DiagnosticIds.HandlerShape, "Add 'partial'")
{
    /// <inheritdoc/>
    protected override Task<SyntaxNode?> FixAsync(Document document, SyntaxNode root, IReadOnlyList<TextSpan> spans, CancellationToken cancellationToken)
    {
        var types = spans
            .Select(span => root.FindToken(span.Start).Parent)
            .OfType<TypeDeclarationSyntax>()
            .SelectMany(static type => type.WithOuterTypes())
            .Where(static type => !type.IsPartial())
            .Distinct()
            .ToList();
        return Task.FromResult(types.Count == 0 ? null : root.ReplaceNodes(types, static (_, type) => type.AddPartial()));
    }
}
