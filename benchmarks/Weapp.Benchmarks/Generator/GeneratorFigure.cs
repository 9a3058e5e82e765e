using System.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;
using Weapp.Benchmarks.Micro;
using Weapp.Generators;

namespace Weapp.Benchmarks.Generator;

/// <summary>Prints the rows of P6: what the generator adds to a build, and what one edit costs.</summary>
internal static class GeneratorFigure
{
    public static void Print()
    {
        var files = CheckProject();
        // For the JIT compiler, which a build server has long behind it.
        Measure();
        Measure();
        Round[] rounds = [.. Enumerable.Range(0, Rounds.Count).Select(static _ => Measure())];
        var written = rounds.Max(static round => round.Written);

        Console.WriteLine(
            $"| P6 | generator alone, cold, {HandlerProject.Handlers} handlers × {HandlerProject.Messages} messages | parsing and compiling the same project without it | " +
            $"+{Median(rounds, static round => round.Generator / round.Plain):P0} | " +
            $"{Median(rounds, static round => round.Generator):F0} ms and {Median(rounds, static round => round.Plain):F0} ms |");
        Console.WriteLine(
            $"| P6 | generator, and compiling what it wrote | the same | +{Median(rounds, static round => (round.Whole / round.Plain) - 1):P0} | " +
            $"{Median(rounds, static round => round.Whole):F0} ms in all; {files} files |");
        Console.WriteLine(
            $"| P6 | generator after one edit in one handler | generator, cold | {Median(rounds, static round => round.Edit / round.Generator):F2}× | " +
            $"{written} of {files} files written again; {Median(rounds, static round => round.Edit):F0} ms |");
    }

    /// <summary>A project that does not compile, or that the generator skips, makes the figure worthless.</summary>
    private static int CheckProject()
    {
        var run = Driver().RunGeneratorsAndUpdateCompilation(HandlerProject.Open(), out var whole, out _);
        foreach (var project in (Compilation[])[HandlerProject.Open(), whole])
            Emit(project);
        var files = Files(run).Length;
        return files == HandlerProject.Handlers
            ? files
            : throw new InvalidOperationException($"The generator wrote {files} files for {HandlerProject.Handlers} handlers.");
    }

    private static Round Measure()
    {
        var plain = Time(static () => Emit(HandlerProject.Open()));

        var opening = Stopwatch.StartNew();
        var project = HandlerProject.Open();
        opening.Stop();
        GeneratorDriver driver = Driver();
        Compilation whole = project;
        var generator = Time(() => driver = driver.RunGeneratorsAndUpdateCompilation(project, out whole, out _));
        var compiling = Time(() => Emit(whole));

        var before = Files(driver).ToHashSet<SourceText>(ReferenceEqualityComparer.Instance);
        var edited = HandlerProject.Edit(project);
        var edit = Time(() => driver = driver.RunGenerators(edited));
        var written = Files(driver).Count(file => !before.Contains(file));
        return new Round(plain, generator, opening.Elapsed.TotalMilliseconds + generator + compiling, edit, written);
    }

    private static CSharpGeneratorDriver Driver() =>
        CSharpGeneratorDriver.Create([new TunnelGenerator().AsSourceGenerator()], parseOptions: HandlerProject.ParseOptions);

    /// <summary>The texts themselves: one from the cache is the same object. Trees are made anew in every run.</summary>
    private static SourceText[] Files(GeneratorDriver driver) => [.. driver.GetRunResult().Results.Single().GeneratedSources.Select(static file => file.SourceText)];

    private static void Emit(Compilation project)
    {
        using var assembly = new MemoryStream();
        var result = project.Emit(assembly);
        if (!result.Success)
            throw new InvalidOperationException($"The project does not compile: {result.Diagnostics.First(static d => d.Severity == DiagnosticSeverity.Error)}");
    }

    private static double Time(Action action)
    {
        GC.Collect();
        var watch = Stopwatch.StartNew();
        action();
        return watch.Elapsed.TotalMilliseconds;
    }

    private static double Median(Round[] rounds, Func<Round, double> value) => Rounds.Median(rounds.Select(value));

    private sealed record Round(double Plain, double Generator, double Whole, double Edit, int Written);
}
