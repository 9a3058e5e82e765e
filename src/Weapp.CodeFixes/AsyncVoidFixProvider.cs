using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Simplification;
using Microsoft.CodeAnalysis.Text;
using Weapp.Generators.Rules;

namespace Weapp.CodeFixes;

/// <summary>WEAPP007: lets an <c>async void</c> method return a task.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(AsyncVoidFixProvider))]
[Shared]
internal sealed class AsyncVoidFixProvider() : DocumentFixProvider(DiagnosticIds.AsyncVoid, "Return Task")
{
    /// <inheritdoc/>
    protected override async Task<SyntaxNode?> FixAsync(
        Document document, SyntaxNode root, IReadOnlyList<TextSpan> spans, CancellationToken cancellationToken)
    {
        if (await document.GetSemanticModelAsync(cancellationToken).ConfigureAwait(false) is not { } model)
            return null;
        List<TypeSyntax> types = [];
        foreach (var span in spans)
        {
            if (root.FindNode(span).FirstAncestorOrSelf<MethodDeclarationSyntax>() is { } method
                && model.GetDeclaredSymbol(method, cancellationToken) is { } symbol
                && !IsBound(symbol))
                types.Add(method.ReturnType);
        }

        // The editor shortens the name as far as the file's usings allow.
        return types.Count == 0
            ? null
            : root.ReplaceNodes(types, static (old, _) => SyntaxFactory.ParseTypeName("global::System.Threading.Tasks.Task")
                .WithTriviaFrom(old)
                .WithAdditionalAnnotations(Simplifier.Annotation));
    }

    /// <summary>Whether another declaration says what the method returns, or takes it from this one.</summary>
    private static bool IsBound(IMethodSymbol method) =>
        method.IsVirtual
        || method.IsOverride
        || method.IsPartialDefinition
        || method.PartialDefinitionPart is not null
        || method.ContainingType.AllInterfaces
            .SelectMany(static type => type.GetMembers())
            .Any(member => SymbolEqualityComparer.Default.Equals(method.ContainingType.FindImplementationForInterfaceMember(member), method));
}
