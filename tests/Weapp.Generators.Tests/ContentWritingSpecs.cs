using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Weapp.Generators.Tests.Running;

namespace Weapp.Generators.Tests;

/// <summary>What generated code writes of contents, next to what the serializer writes.</summary>
public sealed class ContentWritingSpecs
{
    [Theory]
    [InlineData("public sealed record Word(string Text);", "new Word(\"a\\\"b 三木 <\")", """{"text":"a\"b 三木 <"}""")]
    [InlineData("public sealed record Word(string? Text);", "new Word(null)", """{"text":null}""")]
    [InlineData("public sealed record Word(int N);", "null!", "null")]
    [InlineData("public record struct Word(int N, int? M);", "new Word(1, null)", """{"n":1,"m":null}""")]
    [InlineData("public sealed record Word(double D);", "new Word(double.NaN)", "ArgumentException")]
    [InlineData("public record Base { public int B { get; set; } } public sealed record Word(int A) : Base { public int C => 3; }", "new Word(1) { B = 2 }", """{"a":1,"c":3,"b":2}""")]
    [InlineData("public abstract record Word(int A); public sealed record Long(int A, int B) : Word(A);", "new Long(1, 2)", """{"a":1}""")]
    [InlineData("public sealed class Word { public int A { get; set; } = 1; [JsonPropertyOrder(-1)] public int B { get; set; } = 2; [JsonPropertyOrder(1)] public int C { get; } = 3; }", "new Word()", """{"b":2,"a":1,"c":3}""")]
    [InlineData("public sealed class Word { private int Hidden { get; } = 1; public int Set { set { } } [JsonIgnore] public int Ignored { get; } = 2; public static int Static => 3; public int this[int i] => i; }", "new Word()", "{}")]
    [InlineData("public sealed record Word([property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? N, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] DateTime At);", "new Word(null, default)", "{}")]
    [InlineData("public sealed record Word([property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? content, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? writer);", "new Word(1, \"w\")", """{"content":1,"writer":"w"}""")]
    [InlineData("public sealed record Word([property: JsonPropertyName(\"名 字\")] int N);", "new Word(1)", """{"名 字":1}""")]
    [InlineData("public sealed record Word(Dictionary<string, int?> All, IEnumerable<int[]?> Lists);", "new Word(new() { [\"Ä b\"] = null, [\"c\"] = 1 }, [[1], null])", """{"all":{"Ä b":null,"c":1},"lists":[[1],null]}""")]
    [InlineData("public sealed record Word([property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] 颜色? 颜色, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Content); public enum 颜色 { 红, 绿 }", "new Word(颜色.绿, \"c\")", """{"颜色":1,"content":"c"}""")]
    [InlineData("public sealed record Word(Shape Shape, object Any); [JsonDerivedType(typeof(Circle), \"circle\")] public abstract record Shape; public sealed record Circle(int R) : Shape;", "new Word(new Circle(1), new[] { 1 })", """{"shape":{"$type":"circle","r":1},"any":[1]}""")]
    public void A_content_is_written_as_by_the_serializer(string type, string value, string json)
    {
        var (written, content) = Write(type, value);

        Assert.Equal(json, written.ByGeneratedCode(content));
        Assert.Equal(json, written.BySerializer(content));
    }

    [Theory]
    [InlineData("public sealed class Word { public Word Next => this; }", "new Word()")]
    [InlineData("public sealed class Word { public List<Word> Next => [this]; }", "new Word()")]
    [InlineData("public sealed class Word { public Dictionary<string, Word> Next => new() { [\"x\"] = this }; }", "new Word()")]
    public void A_content_that_contains_itself_is_refused(string type, string value)
    {
        var (written, content) = Write(type, value);

        Assert.Equal("JsonException", written.ByGeneratedCode(content));
        Assert.Equal("JsonException", written.BySerializer(content));
    }

    [Theory]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    public void A_content_is_as_deep_as_the_serializer_writes_it(int levels)
    {
        var (written, content) = Write(
            "public sealed class Word { public Word? Next { get; init; } public static Word Nest(int levels) => new() { Next = levels == 1 ? null : Nest(levels - 1) }; }",
            $"Word.Nest({levels})");

        Assert.Equal(written.BySerializer(content), written.ByGeneratedCode(content));
    }

    [Theory]
    [InlineData(
        "public sealed record Word(string Text, Color Color, Named? Named, List<Point?> Points, Dictionary<string, DateTimeOffset> Times, UserInfo Who, byte[] Bytes);",
        "new Word(\"hi\", Color.Red, Named.First, [new(1, 2), null], new() { [\"a\"] = default }, new UserInfo { OpenId = \"o\" }, [1])")]
    [InlineData(
        "public sealed class Word { public Word? Next { get; set; } [JsonConverter(typeof(JsonStringEnumConverter<Color>))] public Color Color { get; set; } public ISet<long>? Set { get; init; } }",
        "new Word { Next = new(), Set = new HashSet<long> { 1 } }")]
    public void What_generated_code_writes_needs_no_metadata(string type, string value)
    {
        const string Others = """
            public enum Color { Red }
            [JsonConverter(typeof(JsonStringEnumConverter<Named>))] public enum Named { First }
            public readonly record struct Point(int X, int Y);
            """;
        var (written, content) = Write(type + Others, value, new(JsonSerializerDefaults.Web) { TypeInfoResolver = JsonTypeInfoResolver.Combine() });

        Assert.StartsWith("{", written.BySerializer(content), StringComparison.Ordinal);
        Assert.Equal(written.BySerializer(content), written.ByGeneratedCode(content));
    }

    private static (WrittenContents Written, object? Content) Write(string type, string value, JsonSerializerOptions? options = null)
    {
        var assembly = Room.LoadAssembly(GeneratorRun.Of(
            $$"""
            using System.Text.Json.Serialization;
            {{type}}
            [TunnelClient] public interface IWordClient { [TunnelMessage("a")] Task<EmitResult> A(Word content); }
            public static class Maker { public static Word Make() => {{value}}; }
            """));
        return (new WrittenContents(assembly, "Word", options), assembly.GetType("Maker")!.GetMethod("Make", BindingFlags.Public | BindingFlags.Static)!.Invoke(null, null));
    }
}
