using Weapp.Benchmarks.Micro;

namespace Weapp.Benchmarks.Sessions;

/// <summary>Prints the row L1b.</summary>
internal static class SessionCheckFigure
{
    public static void Print()
    {
        var subject = new SessionCheck();
        var bytes = Rounds.BytesOf(() => subject.Weapp());
        var queryBytes = Rounds.BytesOf(() => subject.Query());
        subject.CleanUp();

        var rounds = Rounds.Of<SessionCheck>();
        var query = Rounds.Times(rounds, nameof(SessionCheck.Query));
        var weapp = Rounds.Times(rounds, nameof(SessionCheck.Weapp));
        Console.WriteLine(
            $"| L1b | session check in process, SQLite, {SessionFolder.Count:N0} sessions | the bare query | " +
            $"{Rounds.Median(weapp.Zip(query, Rounds.Ratio)):F2}× | " +
            $"{Rounds.Median(weapp) / 1000:F1} µs and {Rounds.Median(query) / 1000:F1} µs; {bytes} B and {queryBytes} B allocated |");
    }
}
