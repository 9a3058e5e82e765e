using Weapp.Benchmarks.Events;

namespace Weapp.Benchmarks.Micro;

/// <summary>Prints the rows P1 and P1b: medians over rounds in which the three are measured in turn.</summary>
internal static class BytesToMethodFigure
{
    public static void Print()
    {
        // BenchmarkDotNet would keep an error here to itself, and spreads its own bytes over short iterations.
        var subject = new BytesToMethod();
        var bytes = Rounds.BytesOf(() => subject.Weapp());
        var byHandBytes = Rounds.BytesOf(() => subject.HandWritten());
        var objects = Rounds.BytesOf(static () => SpeakEvent.Objects());
        subject.CleanUp();

        var rounds = Rounds.Of<BytesToMethod>();
        var sha1 = Rounds.Times(rounds, nameof(BytesToMethod.Sha1));
        var weapp = Rounds.Times(rounds, nameof(BytesToMethod.Weapp));
        var headers = Rounds.Times(rounds, nameof(BytesToMethod.Headers));
        var byHand = Rounds.Times(rounds, nameof(BytesToMethod.HandWritten));

        Console.WriteLine(
            $"| P1 | bytes → method, typed record content | SHA-1 of the same bytes | {Rounds.Median(weapp.Zip(sha1, Rounds.Ratio)):F2}× | " +
            $"{Rounds.Median(weapp):F0} ns and {Rounds.Median(sha1):F0} ns; {bytes} B = tunnel id and content ({objects} B) + {bytes - objects} B; a signature in headers instead of the body's: {Rounds.Median(headers):F0} ns |");
        Console.WriteLine(
            $"| P1b | the same | hand-written ASP.NET Core | {Rounds.Median(byHand.Zip(weapp, Rounds.Ratio)):F1}× faster, 1/{(double)byHandBytes / bytes:F1} of the bytes | " +
            $"{Rounds.Median(byHand):F0} ns, {byHandBytes} B |");
    }
}
