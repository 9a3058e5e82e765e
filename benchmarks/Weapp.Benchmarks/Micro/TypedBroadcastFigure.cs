namespace Weapp.Benchmarks.Micro;

/// <summary>Prints the row P3.</summary>
internal static class TypedBroadcastFigure
{
    public static void Print()
    {
        // BenchmarkDotNet would keep an error here to itself.
        var subject = new TypedBroadcast();
        var bytes = Rounds.BytesOf(() => subject.Weapp());
        var serializerBytes = Rounds.BytesOf(() => subject.Serializer());
        subject.CleanUp();

        var rounds = Rounds.Of<TypedBroadcast>();
        var serializer = Rounds.Times(rounds, nameof(TypedBroadcast.Serializer));
        var weapp = Rounds.Times(rounds, nameof(TypedBroadcast.Weapp));
        Console.WriteLine(
            $"| P3 | typed broadcast to 1,000 tunnels → request bytes | JsonSerializer and SHA-1 of the same objects | " +
            $"{Rounds.Median(weapp.Zip(serializer, Rounds.Ratio)):F2}× | " +
            $"{Rounds.Median(weapp) / 1000:F1} µs and {Rounds.Median(serializer) / 1000:F1} µs; request of {subject.RequestLength} B; " +
            $"{bytes} B and {serializerBytes} B allocated |");
    }
}
