using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Weapp.Generators.Tests.Running;

/// <summary>What the analyzer says of a snippet, after the generator has run.</summary>
internal static class Findings
{
    /// <summary>Each finding as <c>id: squiggled text</c>. The compiler must have nothing to say but what is expected.</summary>
    public static async Task<string[]> Of(string source, params string[] compilerErrors)
    {
        var run = GeneratorRun.Of(source);
        Assert.Equal(compilerErrors, run.Output.GetDiagnostics().Where(static d => d.Severity == DiagnosticSeverity.Error).Select(static d => d.Id).Distinct());
        return [.. (await Diagnose(run)).Select(Show)];
    }

    /// <summary>Each finding in a project that sets a property.</summary>
    public static Task<string[]> In(string property, string value, string source) => In(property, value, Snippet.Compile(source));

    public static async Task<string[]> In(string property, string value, CSharpCompilation compilation)
    {
        var run = GeneratorRun.With(property, value, compilation);
        return [.. (await Diagnose(run, new(new() { ["build_property." + property] = value }))).Select(Show)];
    }

    /// <summary>The full message of the only finding.</summary>
    public static async Task<string> MessageOf(string source) =>
        Assert.Single(await Diagnose(GeneratorRun.Of(source))).GetMessage(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>The findings in their order.</summary>
    public static async Task<IEnumerable<Diagnostic>> Diagnose(GeneratorRun run, ProjectOptions? options = null)
    {
        var findings = await run.Output
            .WithAnalyzers([new TunnelAnalyzer()], new AnalyzerOptions([], options ?? new ProjectOptions([])))
            .GetAnalyzerDiagnosticsAsync();
        return findings.OrderBy(static d => d.Location.SourceSpan.Start);
    }

    private static string Show(Diagnostic finding) => $"{finding.Id}: {finding.Location.SourceTree!.GetText().ToString(finding.Location.SourceSpan)}";
}
