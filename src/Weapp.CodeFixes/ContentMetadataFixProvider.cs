using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Simplification;
using Weapp.Generators.Rules;

namespace Weapp.CodeFixes;

/// <summary>WEAPP008: adds the type to the app's <c>JsonSerializerContext</c>, or adds a context where there is none.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(ContentMetadataFixProvider))]
[Shared]
internal sealed class ContentMetadataFixProvider : CodeFixProvider
{
    private const string Title = "Add [JsonSerializable]";

    private const string NewContext = """
        using System.Text.Json.Serialization;

        // Takes effect with builder.Services.ConfigureHttpJsonOptions(options => options.SerializerOptions.TypeInfoResolverChain.Insert(0, ContentJson.Default));
        internal sealed partial class ContentJson : JsonSerializerContext;

        """;

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [DiagnosticIds.ContentMetadata];

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => new AllAtOnce();

    /// <inheritdoc/>
    public override Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        foreach (var diagnostic in context.Diagnostics)
            context.RegisterCodeFix(CodeAction.Create(Title, token => AddAsync(context.Document.Project, [diagnostic], token), Title), diagnostic);
        return Task.CompletedTask;
    }

    private static async Task<Solution> AddAsync(Project project, IEnumerable<Diagnostic> findings, CancellationToken cancellationToken)
    {
        var compilation = await project.GetCompilationAsync(cancellationToken).ConfigureAwait(false);
        var context = compilation is null ? null : SerializableTypes.Contexts(compilation.Assembly.GlobalNamespace).FirstOrDefault();
        var declaration = context?.DeclaringSyntaxReferences
            .Select(reference => reference.GetSyntax(cancellationToken))
            .OfType<ClassDeclarationSyntax>()
            .FirstOrDefault(part => project.GetDocument(part.SyntaxTree) is not null);
        var document = declaration is null
            ? project.AddDocument("ContentJson.cs", NewContext)
            : project.GetDocument(declaration.SyntaxTree)!;
        var root = (await document.GetSyntaxRootAsync(cancellationToken).ConfigureAwait(false))!;
        declaration ??= root.DescendantNodes().OfType<ClassDeclarationSyntax>().First();

        TypeDeclarationSyntax annotated = declaration;
        foreach (var type in findings.Select(static finding => finding.Properties[ContentMetadataRule.TypeName]!).Distinct().Reverse())
            annotated = annotated.AddAttribute(Attribute(type), root.EndOfLine());
        document = document.WithSyntaxRoot(root.ReplaceNode(declaration, annotated));
        return (await Simplifier.ReduceAsync(document, Simplifier.Annotation, cancellationToken: cancellationToken).ConfigureAwait(false)).Project.Solution;
    }

    private static AttributeSyntax Attribute(string type) => SyntaxFactory.Attribute(
        SyntaxFactory.ParseName("global::System.Text.Json.Serialization.JsonSerializable").WithAdditionalAnnotations(Simplifier.Annotation),
        SyntaxFactory.AttributeArgumentList(SyntaxFactory.SingletonSeparatedList(SyntaxFactory.AttributeArgument(
            SyntaxFactory.TypeOfExpression(SyntaxFactory.ParseTypeName(type).WithAdditionalAnnotations(Simplifier.Annotation))))));

    private sealed class AllAtOnce : FixAllProvider
    {
        public override async Task<CodeAction?> GetFixAsync(FixAllContext fixAllContext)
        {
            var findings = fixAllContext.Document is { } document
                ? await fixAllContext.GetDocumentDiagnosticsAsync(document).ConfigureAwait(false)
                : await fixAllContext.GetAllDiagnosticsAsync(fixAllContext.Project).ConfigureAwait(false);
            return findings.IsEmpty ? null : CodeAction.Create(Title, token => AddAsync(fixAllContext.Project, findings, token), Title);
        }

        public override IEnumerable<FixAllScope> GetSupportedFixAllScopes() => [FixAllScope.Document, FixAllScope.Project];
    }
}
