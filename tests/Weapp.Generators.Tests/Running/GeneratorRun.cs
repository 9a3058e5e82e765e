using System.Collections.Immutable;
using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Weapp.Generators.Tests.Running;

/// <summary>
/// A run of the generator. Making one runs the generator a second time after an unrelated edit, and fails where a stage or an output
/// was not taken from the cache, or where a stage's value holds on to the compilation.
/// </summary>
internal sealed class GeneratorRun
{
    private static readonly string[] Stages =
        [.. typeof(TrackingNames).GetFields(BindingFlags.Public | BindingFlags.Static).Select(static field => (string)field.GetRawConstantValue()!)];

    private GeneratorDriver _driver;

    private GeneratorRun(GeneratorDriver driver, CSharpCompilation compilation)
    {
        _driver = driver;
        Input = compilation;
        Output = compilation;
        Run(compilation);
    }

    /// <summary>What was compiled.</summary>
    public CSharpCompilation Input { get; private set; }

    /// <summary>What was compiled, with what was generated.</summary>
    public CSharpCompilation Output { get; private set; }

    /// <summary>What the generator itself has to say.</summary>
    public ImmutableArray<Diagnostic> Diagnostics => _driver.GetRunResult().Diagnostics;

    /// <summary>The generated files by name.</summary>
    public IReadOnlyDictionary<string, string> Files =>
        _driver.GetRunResult().Results.Single().GeneratedSources.ToDictionary(static s => s.HintName, static s => s.SourceText.ToString());

    /// <summary>Why the files were written or not, by the model that they come from.</summary>
    public IReadOnlyDictionary<string, IncrementalStepRunReason> Reasons { get; private set; } = null!;

    /// <summary>Runs over sources, the n-th of which is file n.</summary>
    public static GeneratorRun Of(params string[] sources) => Of(Snippet.Compile(sources));

    public static GeneratorRun Of(CSharpCompilation compilation) => Of(compilation, null);

    /// <summary>Runs as an editor does, which builds nothing.</summary>
    public static GeneratorRun InEditor(CSharpCompilation compilation) => With("DesignTimeBuild", "true", compilation);

    /// <summary>Runs in a project that sets a property.</summary>
    public static GeneratorRun With(string property, string value, CSharpCompilation compilation) =>
        Of(compilation, new ProjectOptions(new() { ["build_property." + property] = value }));

    private static GeneratorRun Of(CSharpCompilation compilation, AnalyzerConfigOptionsProvider? options)
    {
        var driver = CSharpGeneratorDriver.Create(
            [new TunnelGenerator().AsSourceGenerator()],
            parseOptions: Snippet.ParseOptions,
            optionsProvider: options,
            driverOptions: new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true));
        var run = new GeneratorRun(driver, compilation);
        run.AssertCached();
        return run;
    }

    /// <summary>Runs again after an edit of one of the sources.</summary>
    public GeneratorRun Edit(int source, Func<string, string> edit)
    {
        var old = Input.SyntaxTrees.Single(tree => tree.FilePath == $"File{source}.cs");
        var before = old.ToString();
        var after = edit(before);
        Assert.NotEqual(before, after);
        return Change(compilation => compilation.ReplaceSyntaxTree(old, Snippet.Parse(after, old.FilePath)));
    }

    /// <summary>Runs again after a change of the project.</summary>
    public GeneratorRun Change(Func<CSharpCompilation, CSharpCompilation> change)
    {
        Run(change(Input));
        return this;
    }

    /// <summary>The compiler's errors and warnings in all files; only generated files must have documentation.</summary>
    public string[] CompilerFindings() =>
    [
        .. Output.GetDiagnostics()
            .Where(static d => d.Severity >= DiagnosticSeverity.Warning)
            .Where(static d => d.Id != "CS1591" || d.Location.SourceTree!.FilePath.EndsWith(".g.cs", StringComparison.Ordinal))
            .Select(static d => d.ToString()),
    ];

    private void Run(CSharpCompilation compilation)
    {
        _driver = _driver.RunGeneratorsAndUpdateCompilation(compilation, out var output, out _);
        Input = compilation;
        Output = (CSharpCompilation)output;
        var result = _driver.GetRunResult().Results.Single();
        Assert.Null(result.Exception);
        Reasons = result.TrackedOutputSteps.SelectMany(static step => step.Value)
            .SelectMany(static step => step.Outputs.Where(static output => output.Reason != IncrementalStepRunReason.Removed).Select(static output => (Files: output.Value, output.Reason)))
            .SelectMany(static output => HintNames(output.Files).Select(name => (name, output.Reason)))
            .ToDictionary(static pair => pair.name, static pair => pair.Reason);
    }

    // An output's value is a pair of added files and diagnostics, of types that only the compiler knows.
    private static IEnumerable<string> HintNames(object value)
    {
        foreach (var file in (System.Collections.IEnumerable)value.GetType().GetField("Item1")!.GetValue(value)!)
            yield return (string)file.GetType().GetProperty("HintName")!.GetValue(file)!;
    }

    /// <summary>What a file is written from is plain all the way up to the stage that parses, which alone sees the compiler's types.</summary>
    private static bool AssertPlainInputs(IncrementalGeneratorRunStep step)
    {
        if (step.Name is not null && Stages.Contains(step.Name))
            return true;
        var isFromStage = false;
        foreach (var (source, output) in step.Inputs)
        {
            // The project's properties are the compiler's own.
            if (source.Outputs[output].Value is AnalyzerConfigOptionsProvider)
                continue;
            ObjectGraph.AssertPlain(source.Outputs[output].Value);
            isFromStage |= AssertPlainInputs(source);
        }

        return isFromStage;
    }

    private void AssertCached()
    {
        var compilation = Input;
        var first = _driver.GetRunResult().Results.Single();
        Run(compilation.AddSyntaxTrees(Snippet.Parse("internal static class Unrelated;", "Unrelated.cs")));
        var second = _driver.GetRunResult().Results.Single();

        foreach (var stage in Stages)
        {
            if (!second.TrackedSteps.TryGetValue(stage, out var steps))
                continue;
            Assert.Equal(first.TrackedSteps[stage].Length, steps.Length);
            foreach (var (value, reason) in steps.SelectMany(static step => step.Outputs))
            {
                Assert.True(reason is IncrementalStepRunReason.Cached or IncrementalStepRunReason.Unchanged, $"{stage} is {reason}");
                ObjectGraph.AssertPlain(value);
            }
        }

        foreach (var step in second.TrackedOutputSteps.SelectMany(static output => output.Value).Where(static step => step.Outputs.Any(static output => HintNames(output.Value).Any())))
            Assert.True(AssertPlainInputs(step), "A file comes from no stage with a name.");
        Assert.Equal(first.GeneratedSources.Select(static s => s.HintName), Reasons.Keys);
        Assert.All(Reasons.Values, static reason => Assert.Equal(IncrementalStepRunReason.Cached, reason));
        Run(compilation);
    }
}
