using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Perfolizer.Horology;

namespace Weapp.Benchmarks.Micro;

/// <summary>Measures the methods of a class in turn, several times over.</summary>
/// <remarks>
/// Iterations are shorter than a scheduler's time slice, and a round keeps the fastest: what the code costs while nobody else runs,
/// which a busy machine shows as well as an idle one.
/// </remarks>
internal static class Rounds
{
    public const int Count = 5;

    public static Summary[] Of<T>() => [.. Enumerable.Range(0, Count).Select(static _ => BenchmarkRunner.Run<T>(Config()))];

    public static double[] Times(Summary[] rounds, string method) =>
        [.. rounds.Select(round => Report(round, method).ResultStatistics!.Min)];

    public static long BytesOf(Action operation)
    {
        const int Times = 1000;
        operation();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Times; i++)
            operation();
        return (GC.GetAllocatedBytesForCurrentThread() - before) / Times;
    }

    public static double Ratio(double subject, double yardstick) => subject / yardstick;

    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted[sorted.Length / 2];
    }

    private static ManualConfig Config() => ManualConfig.CreateEmpty()
        .AddJob(Job.Default
            .WithToolchain(InProcessEmitToolchain.Instance)
            .WithWarmupCount(30)
            .WithIterationCount(100)
            .WithIterationTime(TimeInterval.FromMilliseconds(2)))
        .AddColumnProvider(DefaultColumnProviders.Instance)
        .AddLogger(NullLogger.Instance);

    private static BenchmarkReport Report(Summary round, string method) =>
        round.Reports.Single(report => report.BenchmarkCase.Descriptor.WorkloadMethod.Name == method);
}
