using Weapp.Generators.Tests.Running;

namespace Weapp.Generators.Tests;

/// <summary>Every kind of type that a content may be: parameter, declarations, what the phone sent, what the method saw. Run as <see cref="DispatchSpecs"/> are.</summary>
public abstract class ContentKindSpecs
{
    private protected abstract Room Load(params string[] sources);

    [Theory]
    [InlineData("C c", "record C(string Text);", """{"text":"hi"}""", "C { Text = hi }")]
    [InlineData("C c", "record C(string Text) { public required int N { get; init; } }", """{"text":"hi","n":1}""", "C { Text = hi, N = 1 }")]
    [InlineData("C c", "record C(string Text) { public required int N { get; init; } }", """{"text":"hi"}""", "BadContent $")]
    [InlineData("C c", "class C { public string Text { get; set; } = \"\"; public override string ToString() => Text; }", """{"text":"hi"}""", "hi")]
    [InlineData("C c", "class C { public string Text { get; init; } = \"none\"; public override string ToString() => Text; }", "{}", "none")]
    [InlineData("C c", "class C(string text) { public string Text { get; } = text + \"!\"; public override string ToString() => Text; }", """{"text":"hi"}""", "hi!")]
    [InlineData("C c", "struct C { public string Text { get; set; } public override string ToString() => Text; }", """{"text":"hi"}""", "hi")]
    [InlineData("C c", "readonly record struct C(int X, int Y);", """{"x":1,"y":2}""", "C { X = 1, Y = 2 }")]
    [InlineData("C? c", "readonly record struct C(int X, int Y);", "null", "null")]
    [InlineData("C? c", "readonly record struct C(int X, int Y);", """{"x":1,"y":2}""", "C { X = 1, Y = 2 }")]
    [InlineData("C? c", "record C(string Text);", "null", "null")]
    [InlineData("C c", "record C(string? Text, int? N);", """{"text":null,"n":null}""", "C { Text = , N =  }")]
    [InlineData("C c", "record C(string Text, C? Next);", """{"text":"a","next":{"text":"b","next":null}}""", "C { Text = a, Next = C { Text = b, Next =  } }")]
    [InlineData("C c", "record C(D Deep); public record D(string Text);", """{"deep":{"text":1}}""", "BadContent $.deep.text")]
    [InlineData("C c", "enum C { None, Round }", "1", "Round")]
    [InlineData("C c", "enum C { None, Round }", "\"Round\"", "BadContent $")]
    [InlineData("C c", "enum C { None, Round }", "null", "BadContent $")]
    [InlineData("C? c", "enum C { None, Round }", "null", "null")]
    [InlineData("C c", "enum C { None, Round }", "\"Round\"", "Round", "[JsonConverter(typeof(JsonStringEnumConverter<C>))]")]
    [InlineData("C c", "abstract record C; public sealed record D(int R) : C;", """{"$type":"d","r":1}""", "D { R = 1 }", "[JsonDerivedType(typeof(D), \"d\")]")]
    [InlineData("C c", "interface C; public sealed record D(int R) : C;", """{"$type":"d","r":1}""", "D { R = 1 }", "[JsonDerivedType(typeof(D), \"d\")]")]
    [InlineData("C c", "record C(int N); public sealed record D(int N, int R) : C(N);", """{"$type":"d","n":2,"r":1}""", "D { N = 2, R = 1 }", "[JsonDerivedType(typeof(D), \"d\")]")]
    [InlineData("C<int> c", "record C<T>(T Value);", """{"value":7}""", "C { Value = 7 }")]
    [InlineData("C c", "record C([property: JsonPropertyName(\"@class\")] string @class);", """{"@class":"x"}""", "C { class = x }")]
    public async Task A_type_of_the_app_s_own_is_read(string parameter, string declaration, string content, string seen, string attributes = "") =>
        Assert.Equal(seen, await Send($"On(string tunnelId, {parameter}) => See(c)", content, $"{attributes} public {declaration}"));

    [Theory]
    [InlineData("string c", "\"hi\"", "hi")]
    [InlineData("string c", "1", "BadContent $")]
    [InlineData("string? c", "null", "null")]
    [InlineData("bool c", "true", "True")]
    [InlineData("byte c", "255", "255")]
    [InlineData("byte c", "256", "BadContent $")]
    [InlineData("long c", "9223372036854775807", "9223372036854775807")]
    [InlineData("decimal c", "1.50", "1.50")]
    [InlineData("double c", "1.5", "1.5")]
    [InlineData("double c", "\"1.5\"", "1.5")]
    [InlineData("char c", "\"a\"", "a")]
    [InlineData("Guid c", "\"6f9619ff-8b86-d011-b42d-00cf4fc964ff\"", "6f9619ff-8b86-d011-b42d-00cf4fc964ff")]
    [InlineData("DateOnly c", "\"2024-02-29\"", "02/29/2024")]
    [InlineData("TimeSpan c", "\"00:00:01\"", "00:00:01")]
    [InlineData("Uri c", "\"https://example.com/a\"", "https://example.com/a")]
    [InlineData("object c", "[1]", "[1]")]
    [InlineData("JsonElement c", "[1]", "[1]")]
    [InlineData("System.Text.Json.Nodes.JsonObject c", """{"a":1}""", """{"a":1}""")]
    public async Task A_value_is_read(string parameter, string content, string seen) =>
        Assert.Equal(seen, (await Send($"On(string tunnelId, {parameter}) => See((object?)c is System.Text.Json.Nodes.JsonNode node ? node.ToJsonString() : c)", content))
            .Replace("\n", "", StringComparison.Ordinal));

    [Theory]
    [InlineData("int[] c", "c.Length", "[1,2]", "2")]
    [InlineData("int?[] c", "c[1]", "[1,null]", "null")]
    [InlineData("int[][] c", "c[1][0]", "[[1],[2]]", "2")]
    [InlineData("byte[] c", "c.Length", "\"AQID\"", "3")]
    [InlineData("List<Item> c", "c[0]", """[{"n":1}]""", "Item { N = 1 }")]
    [InlineData("List<Item> c", "c[0]", """[{"n":"x"}]""", "BadContent $[0].n")]
    [InlineData("List<Item?>? c", "c![0]", "[null]", "null")]
    [InlineData("IReadOnlyCollection<string> c", "c.Count", """["a"]""", "1")]
    [InlineData("IEnumerable<int> c", "string.Join(',', c)", "[1,2]", "1,2")]
    [InlineData("HashSet<int> c", "c.Count", "[1,1]", "1")]
    [InlineData("System.Collections.Immutable.ImmutableArray<int> c", "c.Length", "[1]", "1")]
    [InlineData("Dictionary<string, Item> c", "c[\"a\"]", """{"a":{"n":1}}""", "Item { N = 1 }")]
    [InlineData("IReadOnlyDictionary<int, string?> c", "c[1]", """{"1":null}""", "null")]
    [InlineData("Dictionary<string, object> c", "c[\"a\"]", """{"a":1}""", "1")]
    [InlineData("Tuple<int, string> c", "c.Item2", """{"item1":1,"item2":"x"}""", "x")]
    [InlineData("KeyValuePair<string, int> c", "c.Value", """{"key":"a","value":1}""", "1")]
    public async Task A_collection_is_read(string parameter, string shown, string content, string seen) =>
        Assert.Equal(seen, await Send($"On(string tunnelId, {parameter}) => See({shown})", content, "public sealed record Item(int N);"));

    [Theory]
    [InlineData("private sealed record C(int N);", "C")]
    [InlineData("private enum C { One = 1 }", "C")]
    [InlineData("private static class Inner { public sealed record C(int N); }", "Inner.C")]
    [InlineData("private sealed record C<T>(int N); private sealed record D(int N);", "C<D>")]
    public async Task A_type_that_only_the_handler_sees_is_read(string declaration, string type) => Assert.Equal(
        "C",
        await Load($$"""
            [TunnelHandler] public partial class Room { {{declaration}} [TunnelMessage("a")] void On(string id, {{type}}? c) => See("C"); }
            """).Message("""{"type":"a","content":null}"""));

    [Fact]
    public async Task A_type_that_a_base_class_keeps_to_its_heirs_is_read() => Assert.Equal(
        "C { N = 1 }",
        await Load("""
            public abstract class Base { protected sealed record C(int N); [TunnelMessage("a")] protected void On(string id, C c) => See(c); }
            [TunnelHandler] public partial class Room : Base;
            """).Message("""{"type":"a","content":{"n":1}}"""));

    private Task<string> Send(string method, string content, string declarations = "") =>
        Load(
            "[TunnelHandler] public partial class Room { [TunnelMessage(\"a\")] void " + method + "; }",
            "using System.Text.Json.Serialization;\n" + declarations).Message($$"""{"type":"a","content":{{content}}}""");
}

/// <summary>The generated dispatcher in an app, from a signed <c>POST</c> on.</summary>
public sealed class PostedContentKindSpecs : ContentKindSpecs
{
    private protected override Room Load(params string[] sources) => Room.LoadPosted(sources);
}

/// <summary>The dispatcher that works by reflection.</summary>
public sealed class ReflectedContentKindSpecs : ContentKindSpecs
{
    private protected override Room Load(params string[] sources) => Room.LoadReflected(sources);
}
