using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Weapp.Generators.Tests.Running;

/// <summary>Applies a fix to a snippet as an editor does.</summary>
internal sealed class FixRun
{
    private readonly Document _document;
    private readonly CodeFixProvider _fix;
    private readonly Diagnostic[] _findings;

    private FixRun(Document document, CodeFixProvider fix, Diagnostic[] findings)
    {
        _document = document;
        _fix = fix;
        _findings = findings;
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Finds what the fix is for; there must be some.</summary>
    public static async Task<FixRun> Of(CodeFixProvider fix, string source, Dictionary<string, string>? properties = null)
    {
        var snippet = Snippet.Compile(source);
        var project = new AdhocWorkspace()
            .AddProject(ProjectInfo.Create(
                ProjectId.CreateNewId(),
                VersionStamp.Default,
                snippet.AssemblyName!,
                snippet.AssemblyName!,
                LanguageNames.CSharp,
                compilationOptions: snippet.Options,
                parseOptions: Snippet.ParseOptions,
                metadataReferences: snippet.References));
        foreach (var tree in snippet.SyntaxTrees)
            project = project.AddDocument(Path.GetFileName(tree.FilePath), tree.GetText(Token), filePath: tree.FilePath).Project;
        var document = project.Documents.Single(static document => document.Name == "File0.cs");

        CSharpGeneratorDriver.Create([new TunnelGenerator().AsSourceGenerator()], parseOptions: Snippet.ParseOptions)
            .RunGeneratorsAndUpdateCompilation((await project.GetCompilationAsync(Token))!, out var compilation, out _, Token);
        var findings = await compilation.WithAnalyzers([new TunnelAnalyzer()], new AnalyzerOptions([], new ProjectOptions(properties ?? []))).GetAnalyzerDiagnosticsAsync(Token);
        Diagnostic[] fixable = [.. findings.Where(finding => fix.FixableDiagnosticIds.Contains(finding.Id)).OrderBy(static finding => finding.Location.SourceSpan.Start)];
        Assert.NotEmpty(fixable);
        return new(document, fix, fixable);
    }

    /// <summary>The source after the fix of the last finding, which is the innermost; null where none is offered.</summary>
    public async Task<string?> Last()
    {
        List<CodeAction> actions = [];
        await _fix.RegisterCodeFixesAsync(new(_document, _findings[^1], (action, _) => actions.Add(action), Token));
        return actions.Count == 0 ? null : await Apply(Assert.Single(actions));
    }

    /// <summary>The source after the fix of all findings.</summary>
    public async Task<string> All()
    {
        var context = new FixAllContext(_document, _fix, FixAllScope.Document, _findings[0].Id, _fix.FixableDiagnosticIds, new Known(_findings), Token);
        return await Apply(Assert.IsAssignableFrom<CodeAction>(await _fix.GetFixAllProvider()!.GetFixAsync(context)));
    }

    /// <summary>The document that the fix of the last finding adds.</summary>
    public async Task<string> Added()
    {
        List<CodeAction> actions = [];
        await _fix.RegisterCodeFixesAsync(new(_document, _findings[^1], (action, _) => actions.Add(action), Token));
        var project = (await Change(Assert.Single(actions))).GetProject(_document.Project.Id)!;
        var added = Assert.Single(project.DocumentIds, id => !_document.Project.ContainsDocument(id));
        return (await project.GetDocument(added)!.GetTextAsync(Token)).ToString();
    }

    private static async Task<Solution> Change(CodeAction action) =>
        Assert.Single((await action.GetOperationsAsync(Token)).OfType<ApplyChangesOperation>()).ChangedSolution;

    private async Task<string> Apply(CodeAction action) => (await (await Change(action)).GetDocument(_document.Id)!.GetTextAsync(Token)).ToString();

    private sealed class Known(Diagnostic[] findings) : FixAllContext.DiagnosticProvider
    {
        public override Task<IEnumerable<Diagnostic>> GetAllDiagnosticsAsync(Project project, CancellationToken cancellationToken) =>
            Task.FromResult<IEnumerable<Diagnostic>>(findings);

        public override Task<IEnumerable<Diagnostic>> GetDocumentDiagnosticsAsync(Document document, CancellationToken cancellationToken) =>
            Task.FromResult<IEnumerable<Diagnostic>>(findings);

        public override Task<IEnumerable<Diagnostic>> GetProjectDiagnosticsAsync(Project project, CancellationToken cancellationToken) =>
            Task.FromResult<IEnumerable<Diagnostic>>([]);
    }
}
