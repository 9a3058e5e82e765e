using CsCheck;
using Weapp.Generators.Tests.Running;

namespace Weapp.Generators.Tests;

/// <summary>Generated code and the serializer, side by side, over contents that nobody thought of.</summary>
public sealed class ContentPropertySpecs
{
    private const string Contract = """
        using System.Text.Json.Serialization;

        public sealed record Zoo(
            string Text, int Number, long Long, double Real, bool Flag, int? MaybeNumber, bool? MaybeFlag, Color Color, Named Named, Color? MaybeColor,
            List<string> Texts, int[] Numbers, List<int?> Gaps, HashSet<int> Set, Dictionary<string, int> Counts,
            IReadOnlyDictionary<string, List<string>> Lists, Inner Inner, IEnumerable<Inner> Inners, Point Point, Point? MaybePoint, Node? Tree,
            Guid Id, DateTimeOffset At, decimal Price, byte Small, ushort Port, float Single, char Letter, byte[] Bytes, JsonElement? Any,
            Mutable Mutable, Page<Inner> Page, Derived Derived, UserInfo? Who, List<Shape> Shapes,
            Built Built, Flags Flags, DateTime When, DateOnly Day, TimeOnly Hour, TimeSpan Span, Uri? Link, Version? Version, sbyte Tiny, uint Size, ulong? Huge,
            IList<int[]> Grid, IDictionary<string, Point?> Places, ISet<string>? Tags, Dictionary<string, Dictionary<string, Color>> Maps, 动物 动物);

        public enum Color { Red, Green }
        [Flags] public enum Flags : ulong { None, A, B, All = ulong.MaxValue }
        public enum 动物 { 猫, 狗 }
        [JsonConverter(typeof(JsonStringEnumConverter<Named>))] public enum Named { First, Second }
        public sealed record Inner(string Name, int Count = 7);
        public readonly record struct Point(int X, int Y);
        public sealed record Node(int Value, Node? Left, Node? Right, List<Node>? More);
        public sealed record Page<T>(T[] Items, T? First);
        public record Base { public int FromBase { get; set; } = 4; public virtual string? Over { get; init; } }
        public sealed record Derived(int Own) : Base { public override string? Over { get; init; } = "over"; }

        public sealed class Mutable
        {
            public string Name { get; set; } = "none";
            public int Fixed { get; init; } = 3;
            public required bool Needed { get; set; }
            [JsonPropertyName("other-name")] public string? Other { get; set; }
            [JsonIgnore] public int Hidden { get; set; } = 1;
            [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public string? Sometimes { get; set; }
            [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] public int Rarely { get; set; }
            [JsonPropertyOrder(-1)] public int First { get; set; }
            public int Computed => Rarely + 1;
        }

        public sealed class Built
        {
            public Built() => Text = "never";
            [JsonConstructor] public Built(int number, string? text = "default", Color? paint = Color.Green, decimal price = 1.50m) =>
                (Number, Text, Paint, Price) = (number + 1, text, paint, price);

            public int Number { get; }
            [JsonPropertyName("名 字")] public string? Text { get; }
            public Color? Paint { get; set; }
            public decimal Price { get; init; }
            [JsonRequired] public int? Asked { get; set; }
            [JsonIgnore(Condition = JsonIgnoreCondition.Never)] public string? Always { get; set; }
            [JsonConverter(typeof(JsonStringEnumConverter<Color>))] public Color ByName { get; set; } = (Color)9;
            public string Kept { get; private set; } = "kept";
        }

        [JsonDerivedType(typeof(Circle), "circle")] public abstract record Shape;
        public sealed record Circle(int R) : Shape;

        [TunnelClient]
        public interface IZooClient { [TunnelMessage("zoo")] ValueTask<EmitResult> Zoo(Zoo content); }

        [TunnelHandler]
        public partial class Room
        {
            private static readonly JsonSerializerOptions Dump = new(JsonSerializerOptions.Web) { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

            [TunnelMessage("zoo")]
            void OnZoo(string tunnelId, Zoo content)
            {
                Last.Zoo = content;
                See(JsonSerializer.Serialize(content, Dump));
            }
        }

        public static class Last { public static Zoo? Zoo; }
        """;

    private static readonly Lazy<(Room Generated, Room Reflected)> Rooms = new(static () => (Room.Load(Contract), Room.LoadReflected(Contract)));

    private static readonly Lazy<WrittenContents> Written = new(static () => new WrittenContents(Rooms.Value.Reflected.Assembly, "Zoo"));

    private static Gen<string> Zoos => JsonTexts.Mutated(JsonTexts.Of(Rooms.Value.Generated.Assembly.GetType("Zoo")!));

    [Fact]
    public void Any_content_is_read_or_refused_as_by_the_serializer() => Zoos.Sample(
        static json =>
        {
            var message = $$"""{"type":"zoo","content":{{json}}}""";
            var expected = Outcome(Rooms.Value.Reflected, message);
            var actual = Outcome(Rooms.Value.Generated, message);
            Assert.Equal(expected, actual);
        },
        iter: 2000,
        threads: 1);

    [Fact]
    public void Good_contents_are_among_them()
    {
        var good = 0;
        Zoos.Sample(
            json =>
            {
                if (!IsRefused(Outcome(Rooms.Value.Generated, $$"""{"type":"zoo","content":{{json}}}""")))
                    good++;
            },
            iter: 300,
            threads: 1);

        Assert.InRange(good, 30, 270);
    }

    [Fact]
    public void Any_content_is_written_as_by_the_serializer() => Zoos.Sample(
        static json =>
        {
            if (IsRefused(Outcome(Rooms.Value.Reflected, $$"""{"type":"zoo","content":{{json}}}""")))
                return;
            var content = Rooms.Value.Reflected.Assembly.GetType("Last")!.GetField("Zoo")!.GetValue(null)!;
            Assert.Equal(Written.Value.BySerializer(content), Written.Value.ByGeneratedCode(content));
        },
        iter: 600,
        threads: 1);

    /// <summary>Whether no method saw the content; a text that is no JSON is no message of this type at all.</summary>
    private static bool IsRefused(string outcome) => outcome is "refused" or "Unhandled";

    // Feeding is synchronous here, and where a misfit is said to be may differ by a level.
    private static string Outcome(Room room, string message)
    {
        var seen = room.Message(message).GetAwaiter().GetResult();
        return seen.StartsWith("BadContent", StringComparison.Ordinal) ? "refused" : seen;
    }
}
