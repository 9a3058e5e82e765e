using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Text;

namespace Weapp.CodeFixes;

/// <summary>A fix that edits the findings' own document. One finding or all of them take the same way.</summary>
/// <param name="id">What it fixes.</param>
/// <param name="title">What an editor shows.</param>
internal abstract class DocumentFixProvider(string id, string title) : CodeFixProvider
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [id];

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => new EveryFinding(this, title);

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        foreach (var diagnostic in context.Diagnostics)
        {
            // What cannot be made right is not offered.
            if (await FixAsync(context.Document, [diagnostic], context.CancellationToken).ConfigureAwait(false) is { } root)
                context.RegisterCodeFix(CodeAction.Create(title, _ => Task.FromResult(context.Document.WithSyntaxRoot(root)), id), diagnostic);
        }
    }

    /// <summary>The edited document's root; null where nothing can be made right.</summary>
    /// <param name="document">The document.</param>
    /// <param name="root">Its root.</param>
    /// <param name="spans">Where the findings are.</param>
    /// <param name="cancellationToken">Gives up.</param>
    protected abstract Task<SyntaxNode?> FixAsync(Document document, SyntaxNode root, IReadOnlyList<TextSpan> spans, CancellationToken cancellationToken);

    private async Task<SyntaxNode?> FixAsync(Document document, ImmutableArray<Diagnostic> findings, CancellationToken cancellationToken)
    {
        if (await document.GetSyntaxRootAsync(cancellationToken).ConfigureAwait(false) is not { } root)
            return null;
        return await FixAsync(document, root, findings.Select(static finding => finding.Location.SourceSpan).ToList(), cancellationToken).ConfigureAwait(false);
    }

    private sealed class EveryFinding(DocumentFixProvider fix, string title) : DocumentBasedFixAllProvider
    {
        protected override string GetFixAllTitle(FixAllContext fixAllContext) => title;

        protected override async Task<Document?> FixAllAsync(FixAllContext fixAllContext, Document document, ImmutableArray<Diagnostic> diagnostics) =>
            await fix.FixAsync(document, diagnostics, fixAllContext.CancellationToken).ConfigureAwait(false) is { } root
                ? document.WithSyntaxRoot(root)
                : null;
    }
}
