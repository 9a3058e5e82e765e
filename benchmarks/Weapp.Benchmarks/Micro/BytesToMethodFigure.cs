using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Perfolizer.Horology;
using Weapp.Benchmarks.Events;

namespace Weapp.Benchmarks.Micro;

/// <summary>Prints the rows P1 and P1b: medians over rounds in which the three are measured in turn.</summary>
/// <remarks>
/// Iterations are shorter than a scheduler's time slice, and a round keeps the fastest: what the code costs while nobody else runs,
/// which a busy machine shows as well as an idle one.
/// </remarks>
internal static class BytesToMethodFigure
{
    private const int Rounds = 5;

    public static void Print()
    {
        // BenchmarkDotNet would keep an error here to itself, and spreads its own bytes over short iterations.
        var subject = new BytesToMethod();
        var bytes = BytesOf(() => subject.Weapp());
        var byHandBytes = BytesOf(() => subject.HandWritten());
        var objects = BytesOf(static () => SpeakEvent.Objects());
        subject.CleanUp();

        var rounds = Enumerable.Range(0, Rounds).Select(static _ => BenchmarkRunner.Run<BytesToMethod>(Config())).ToArray();
        var sha1 = Times(rounds, nameof(BytesToMethod.Sha1));
        var weapp = Times(rounds, nameof(BytesToMethod.Weapp));
        var byHand = Times(rounds, nameof(BytesToMethod.HandWritten));

        Console.WriteLine(
            $"| P1 | bytes → method, typed record content | SHA-1 of the same bytes | {Median(weapp.Zip(sha1, Ratio)):F2}× | " +
            $"{Median(weapp):F0} ns and {Median(sha1):F0} ns; {bytes} B = tunnel id and content ({objects} B) + {bytes - objects} B |");
        Console.WriteLine(
            $"| P1b | the same | hand-written ASP.NET Core | {Median(byHand.Zip(weapp, Ratio)):F1}× faster, 1/{(double)byHandBytes / bytes:F1} of the bytes | " +
            $"{Median(byHand):F0} ns, {byHandBytes} B |");
    }

    private static ManualConfig Config() => ManualConfig.CreateEmpty()
        .AddJob(Job.Default
            .WithToolchain(InProcessEmitToolchain.Instance)
            .WithWarmupCount(30)
            .WithIterationCount(100)
            .WithIterationTime(TimeInterval.FromMilliseconds(2)))
        .AddColumnProvider(DefaultColumnProviders.Instance)
        .AddLogger(NullLogger.Instance);

    private static double[] Times(Summary[] rounds, string method) =>
        [.. rounds.Select(round => Report(round, method).ResultStatistics!.Min)];

    private static BenchmarkReport Report(Summary round, string method) =>
        round.Reports.Single(report => report.BenchmarkCase.Descriptor.WorkloadMethod.Name == method);

    private static long BytesOf(Action operation)
    {
        const int Times = 1000;
        operation();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Times; i++)
            operation();
        return (GC.GetAllocatedBytesForCurrentThread() - before) / Times;
    }

    private static double Ratio(double subject, double yardstick) => subject / yardstick;

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted[sorted.Length / 2];
    }
}
