using Microsoft.CodeAnalysis;
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
        return [.. (await Diagnose(run)).Select(static d => $"{d.Id}: {d.Location.SourceTree!.GetText().ToString(d.Location.SourceSpan)}")];
    }

    /// <summary>The full message of the only finding.</summary>
    public static async Task<string> MessageOf(string source) =>
        Assert.Single(await Diagnose(GeneratorRun.Of(source))).GetMessage(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>The findings in their order.</summary>
    public static async Task<IEnumerable<Diagnostic>> Diagnose(GeneratorRun run)
    {
        var findings = await run.Output.WithAnalyzers([new TunnelAnalyzer()]).GetAnalyzerDiagnosticsAsync();
        return findings.OrderBy(static d => d.Location.SourceSpan.Start);
    }
}
