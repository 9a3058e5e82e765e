using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Weapp.Generators.Tests.Running;

namespace Weapp.Generators.Tests;

/// <summary>
/// Which contents generated code reads, and that it reads them as the serializer does: the dispatcher by reflection leaves all of them to the serializer.
/// </summary>
public sealed class ContentSpecs
{
    private const string Handler = """
        [TunnelHandler]
        public partial class Room
        {
            [TunnelMessage("a")] void On(string tunnelId, Content content) => See(content);
        }
        """;

    private const string Plain = """
        public sealed record Content(string Text, int Number, long Long, double Real, bool Flag, Inner Inner);
        public sealed record Inner(string Name);
        """;

    private const string Whole = """{"text":"hi","number":1,"long":2,"real":1.5,"flag":true,"inner":{"name":"x"}}""";

    private const string TextPart = "\"text\":\"hi\",";
    private const string InnerPart = """{"name":"x"}""";

    // What an app has where reflection is off and no context has been added.
    private static readonly JsonSerializerOptions WithoutMetadata = new(JsonSerializerDefaults.Web) { TypeInfoResolver = JsonTypeInfoResolver.Combine() };

    private static readonly string[] Contents =
    [
        Whole,
        """ { "inner" : { "name" : "x" } , "flag" : false , "real" : -0 , "long" : 9223372036854775807 , "number" : -2147483648 , "text" : "" } """,
        With("hi", """a\u4e2d\ud83d\ude00\n\"\\中"""),
        With("text", """te\u0078t"""),
        With("text", "TEXT"),
        With("name", "Name"),
        With("\"hi\"", "null"),
        With("\"hi\"", "5"),
        With(InnerPart, "null"),
        With(InnerPart, "7"),
        With(InnerPart, "{}"),
        With(InnerPart, """{"name":"x","name":"y"}"""),
        With(":1,", ":\"1\","),
        With(":1,", ":1.0,"),
        With(":1,", ":1e2,"),
        With(":1,", ":2147483648,"),
        With(":2,", ":9223372036854775808,"),
        With("1.5", "1e999"),
        With("1.5", "\"NaN\""),
        With("true", "\"true\""),
        With("true", "1"),
        With(TextPart, ""),
        With(TextPart, TextPart + TextPart),
        With(TextPart, TextPart + "\"more\":[{}],"),
        "{}",
        "[]",
        "\"hi\"",
        "null",
    ];

    [Fact]
    public Task A_plain_content_is_read_as_by_the_serializer() => AssertSame(Plain, null, Contents);

    [Theory]
    [InlineData("public sealed record Content([property: JsonPropertyName(\"tXt\")] string Text);", """{"tXt":"hi"}""", """{"text":"hi"}""")]
    [InlineData("public sealed class Content { public string Text { get; set; } = \"none\"; public int N { get; init; } = 7; public override string ToString() => Text + N; }", """{"text":"hi","n":1}""", """{"text":"hi"}""", """{"n":2}""")]
    [InlineData("public sealed record Content(string Text) { public required int N { get; init; } }", """{"text":"hi","n":1}""", """{"text":"hi"}""", """{"n":1}""")]
    [InlineData("public sealed class Content { [JsonRequired] public int N { get; set; } public override string ToString() => \"\" + N; }", """{"n":1}""", "{}")]
    [InlineData("public sealed class Content { [System.Diagnostics.CodeAnalysis.SetsRequiredMembers] public Content() { N = 3; } public required int N { get; set; } public override string ToString() => \"\" + N; }", """{"n":1}""", "{}")]
    [InlineData("public record Content(string URLName, int X, string? ID2);", """{"urlName":"u","x":1,"iD2":"i"}""", """{"urlName":"u","x":1,"id2":"i"}""")]
    [InlineData("public sealed record Content(string Text) { public int Length => Text.Length; private int Hidden { get; set; } }", """{"text":"hi"}""", """{"text":"hi","length":5,"hidden":1}""")]
    [InlineData("public sealed record Content(string Text, Content? Next = null);", """{"text":"a","next":{"text":"b"}}""", """{"text":"a","next":null}""", """{"text":"a","next":{"text":1}}""")]
    [InlineData("public sealed record Content(string @class, Outer.Inner @event); public static class Outer { public sealed record Inner(bool @true); }", """{"class":"c","event":{"true":true}}""")]
    [InlineData("public sealed record Content(int reader, int content, int member, int seen, int isRead);", """{"reader":1,"content":2,"member":3,"seen":4,"isRead":5}""")]
    [InlineData("public sealed record Content(string Text = \"a\\\"b\", int N = -3, double D = 1.5, char C = '\\'', Color Color = Color.B, long? L = 5); public enum Color { A, B }", "{}", """{"text":null}""", """{"color":7}""", """{"l":null}""")]
    [InlineData("public sealed record Content(string Text, decimal Price);", """{"text":"hi","price":1}""", """{"price":"1.5"}""", """{"price":"x"}""")]
    [InlineData("public sealed record Content(string[] Texts) { public override string ToString() => string.Join(\"+\", Texts ?? []); }", """{"texts":["hi","ho"]}""", """{"texts":[]}""", """{"texts":[1]}""", """{"texts":{}}""", "{}")]
    [InlineData("public sealed record Content(Inner Inner); public sealed record Inner(int? N);", """{"inner":{"n":null}}""", """{"inner":{"n":"7"}}""", """{"inner":{"n":true}}""")]
    [InlineData("public record struct Content(string Text) { public int N { get; set; } = 5; }", """{"text":"hi"}""", """{"n":1}""", "null", "{}")]
    [InlineData("public readonly record struct Content(string Text, int N);", """{"text":"hi"}""", """{"n":1}""", "null", "{}")]
    [InlineData("public struct Content { [JsonConstructor] public Content(int n) => N = n; public int N { get; } public override string ToString() => \"\" + N; }", """{"n":4}""", "{}")]
    [InlineData("public sealed record Content(string Text) { [JsonIgnore] public int N { get; set; } }", """{"text":"hi","n":1}""", """{"text":"hi","n":"x"}""")]
    [InlineData("public sealed class Content { public Content() { } public Content(string text) { } public string Text { get; set; } = \"\"; public override string ToString() => Text; }", """{"text":"hi"}""")]
    [InlineData("public sealed class Content { public Content(int n) => N = n; [JsonConstructor] public Content(string? text, int n) { N = n + 1; Text = text; } public string? Text { get; } public int N { get; } public override string ToString() => Text + N; }", """{"text":"hi","n":1}""")]
    [InlineData("public sealed record Content(string Text) : Base; public record Base { public int N { get; set; } = 4; public virtual int V { get; init; } }", """{"text":"hi","n":1,"v":2}""", """{"text":"hi"}""")]
    [InlineData("public sealed record Content : Base { public override int V { get; init; } = 3; } public record Base { public virtual int V { get; init; } }", """{"v":2}""", "{}")]
    [InlineData("public sealed record Content(Color Color, Color? Other); [JsonConverter(typeof(JsonStringEnumConverter<Color>))] public enum Color { Red, Green }", """{"color":"green","other":null}""", """{"color":1,"other":"RED"}""", """{"color":"blue"}""")]
    [InlineData("public sealed record Content([property: JsonConverter(typeof(JsonStringEnumConverter<Color>))] Color Color, [property: JsonConverter(typeof(JsonStringEnumConverter))] Color? Other); public enum Color { Red, Green }", """{"color":"green","other":"red"}""", """{"other":null}""")]
    [InlineData("public sealed record Content(Page<Inner> Page, Page<int> Numbers); public sealed record Page<T>(List<T> Items, T? First); public sealed record Inner(int N);", """{"page":{"items":[{"n":1}],"first":{"n":2}},"numbers":{"items":[3],"first":4}}""")]
    [InlineData("public sealed record Content(Dictionary<string, List<int>> All) { public override string ToString() => string.Join(\"+\", All.Keys) + All.Count; }", """{"all":{"b":[1],"a":[],"b":[2]}}""", """{"all":{"b":[""]}}""", """{"all":{"x y":[{}]}}""")]
    [InlineData("public sealed record Content(Guid Id, DateTimeOffset At, byte[] Bytes, Uri Link, JsonElement Any) { public override string ToString() => $\"{Id} {At:O} {Bytes?.Length} {Link} {Any.ValueKind}\"; }", """{"id":"0f8fad5b-d9cb-469f-a165-70867728950e","at":"2026-01-02T03:04:05+08:00","bytes":"AAEC","link":"https://x/","any":[1]}""", """{"id":"x"}""", """{"bytes":[1]}""")]
    [InlineData("public sealed record Content([property: Obsolete(\"Old.\")] string Text);", """{"text":"hi"}""")]
    [InlineData("public sealed record Content(IEnumerable<int[]?> Lists, Dictionary<string, List<string?>?>? Maps, HashSet<int?>[]? Sets) { public override string ToString() => $\"{Lists is not null} {Maps?.Count} {Sets?.Length}\"; }", """{"lists":[[1],null],"maps":{"a":null,"b":["",null]},"sets":[[1,null],null]}""", "{}", """{"maps":{"a":[1]}}""")]
    [InlineData("public sealed class Content;", "{}", """{"n":1}""", "[]")]
    [InlineData("public sealed class Content : Base { public int N { get; set; } protected override void Init() => N = 5; public override string ToString() => \"\" + N; } public class Base { public Base() => Init(); protected virtual void Init() { } }", "{}", """{"n":1}""")]
    [InlineData("public sealed record Content(Deep Deep, List<Deep>? All); public sealed class Deep { public Deep(int n) => N = n > 0 ? n : throw new JsonException(\"No.\"); public int N { get; } }", """{"deep":{"n":0}}""", """{"all":[{"n":1},{"n":0}]}""")]
    [InlineData("public sealed class Content { public Content(int n) => N = n > 0 ? n : throw new NotSupportedException(); public int N { get; } }", """{"n":0}""")]
    [InlineData("public sealed record Content(颜色 颜色, 颜色? 另一种, int _content, Content? Content2); public enum 颜色 { 红, 绿 }", """{"颜色":1,"另一种":0,"_content":3,"content2":{"_content":4}}""")]
    public async Task A_type_of_usual_members_is_read_by_generated_code(string type, params string[] contents)
    {
        Assert.True(IsReadByGeneratedCode(type));
        Assert.Empty(await Findings.In("PublishAot", "true", Usings(type) + Handler));
        await AssertSame(type, WithoutMetadata, null, contents);
    }

    [Theory]
    [InlineData("public sealed record Content(string Text) { [JsonInclude] internal int N { get; set; } }", """{"text":"hi","n":1}""")]
    [InlineData("public sealed record Content([property: JsonNumberHandling(JsonNumberHandling.Strict)] int N);", """{"n":"1"}""")]
    [InlineData("[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)] public sealed record Content(string Text);", """{"text":"hi","n":1}""")]
    [InlineData("[JsonConverter(typeof(Own))] public sealed record Content(string Text); public sealed class Own : JsonConverter<Content> { public override Content Read(ref Utf8JsonReader r, Type t, JsonSerializerOptions o) => new(\"own \" + r.GetString()); public override void Write(Utf8JsonWriter w, Content c, JsonSerializerOptions o) { } }", "\"hi\"")]
    [InlineData("[JsonDerivedType(typeof(Circle), \"circle\")] public abstract record Content; public sealed record Circle(int R) : Content;", """{"$type":"circle","r":3}""", """{"r":3}""")]
    [InlineData("public sealed class Content { public required string Text; public override string ToString() => Text; }", """{"text":"hi"}""")]
    [InlineData("public sealed class Content(string other) { public string Text { get; } = other; public override string ToString() => Text; }")]
    [InlineData("public sealed class Content { private int _n; public int N { get => _n; set => _n = _n * 10 + value; } public override string ToString() => \"\" + N; }", """{"n":1,"n":2}""")]
    [InlineData("public sealed class Content { public int N { get; set => field = value + 1; } public override string ToString() => \"\" + N; }", """{"n":1}""")]
    [InlineData("public sealed record Content : Base { public new int N { get; set; } } public record Base { public string? N { get; set; } }", """{"n":1}""")]
    [InlineData("public sealed class Content : List<int> { public override string ToString() => string.Join(\"+\", this); }", "[1,2]")]
    [InlineData("public struct Content { public Content() => N = 3; public int N { get; set; } public override string ToString() => \"\" + N; }", """{"n":1}""", "{}")]
    [InlineData("public sealed record Content { [Obsolete(\"No.\", error: true)] public string? Text { get; set; } public int N { get; set; } }", """{"n":1}""")]
    [InlineData("public sealed record Content { public int N { get; [Obsolete(\"No.\", error: true)] set; } }", """{"n":1}""")]
    [InlineData("public sealed partial record Content { public partial int N { get; set; } } public sealed partial record Content { public partial int N { get; set => field = value + 1; } }", "{}", """{"n":1}""")]
    [InlineData("public sealed record Content { [field: JsonInclude] public int N { get; set; } }", """{"<N>k__BackingField":1}""")]
    [InlineData("public sealed record Content : Base { internal new int N { get; set; } = 9; } public record Base { public int N { get; set; } = 3; }", """{"n":1}""")]
    [InlineData("public sealed record Content : Base { public new void N() { } } public record Base { public int N { get; set; } }", """{"n":1}""")]
    [InlineData("public sealed class Content : IAsyncEnumerable<int> { public int N { get; set; } IAsyncEnumerator<int> IAsyncEnumerable<int>.GetAsyncEnumerator(CancellationToken token) => null!; }", """{"n":1}""", "[1]")]
    [InlineData("public sealed class Content(int n) { [JsonPropertyName(\"m\")] public int n { get; } = n; public int N { get; } = n; }")]
    [InlineData("public sealed record Content([property: JsonConverter(typeof(JsonStringEnumConverter<Other>))] Color Color); public enum Color { Red } public enum Other { Red }")]
    public async Task A_type_with_rules_is_left_to_the_serializer(string type, params string[] contents)
    {
        Assert.False(IsReadByGeneratedCode(type));
        Assert.Equal(["WEAPP008: Content content"], await Findings.In("PublishAot", "true", Usings(type) + Handler));
        if (contents.Length > 0)
            await AssertSame(type, null, contents);
    }

    [Fact]
    public async Task What_the_serializer_must_read_is_left_to_it_within_others()
    {
        const string Types = """
            public sealed record Content(string Text, Shape Shape, List<Shape> More, object Any);
            [JsonDerivedType(typeof(Circle), "circle")] public abstract record Shape;
            public sealed record Circle(int R) : Shape;
            """;

        Assert.True(IsReadByGeneratedCode(Types));
        await AssertSame(
            Types,
            null,
            """{"text":"a","shape":{"$type":"circle","r":3},"more":[{"$type":"circle","r":4}],"any":{"x":1}}""",
            """{"text":"a","shape":{"$type":"circle","r":"x"}}""",
            """{"text":"a","more":[{"$type":"circle","r":4},{"$type":"circle","r":[]}]}""");
        Assert.StartsWith("BadContent", await Room.Load(Handler, Usings(Types)).Message("""{"type":"a","content":{"shape":{"r":3}}}"""), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(62)]
    [InlineData(63)]
    [InlineData(64)]
    public Task Contents_are_as_deep_as_the_serializer_reads_them(int levels) => AssertSame(
        "public sealed record Content(Content? N, List<Content>? L) { public override string ToString() => N is null ? \"end\" : \".\" + N; }",
        null,
        string.Concat(Enumerable.Repeat("""{"n":""", levels)) + "null" + new string('}', levels),
        """{"more":""" + new string('[', levels) + new string(']', levels) + "}");

    [Theory]
    [InlineData("a naming policy")]
    [InlineData("a converter")]
    [InlineData("a converter of an object")]
    [InlineData("strict numbers")]
    [InlineData("case counts")]
    [InlineData("no unknown members")]
    [InlineData("no doubled members")]
    [InlineData("nullable annotations")]
    [InlineData("required parameters")]
    [InlineData("a shallow depth")]
    public Task The_apps_own_options_hold(string name) => AssertSame(Plain, Options(name), Contents);

    [Fact]
    public Task A_setter_that_the_app_has_changed_is_called() => AssertSame(
        "public sealed class Content { public string Text { get; set; } = \"\"; public override string ToString() => Text; }",
        new(JsonSerializerOptions.Web) { TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { Redact } } },
        """{"text":"hi"}""");

    [Fact]
    public async Task A_hook_of_the_content_is_called()
    {
        const string Type = """
            public sealed record Content(string Text) : IJsonOnDeserialized { public string? Seen { get; private set; } void IJsonOnDeserialized.OnDeserialized() => Seen = "seen"; }
            """;

        await AssertSame(Type, null, """{"text":"hi"}""");
    }

    private static string With(string part, string other) => Whole.Replace(part, other, StringComparison.Ordinal);

    private static JsonSerializerOptions Options(string name) => name switch
    {
        "a naming policy" => new(JsonSerializerOptions.Web) { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseUpper, PropertyNameCaseInsensitive = false },
        "a converter" => new(JsonSerializerOptions.Web) { Converters = { new Loud() } },
        "a converter of an object" => new(JsonSerializerOptions.Web) { Converters = { new NoRecords() } },
        "strict numbers" => new(JsonSerializerOptions.Web) { NumberHandling = JsonNumberHandling.Strict },
        "case counts" => new(JsonSerializerOptions.Web) { PropertyNameCaseInsensitive = false },
        "no unknown members" => new(JsonSerializerOptions.Web) { UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow },
        "no doubled members" => new(JsonSerializerOptions.Web) { AllowDuplicateProperties = false },
        "nullable annotations" => new(JsonSerializerOptions.Web) { RespectNullableAnnotations = true },
        "required parameters" => new(JsonSerializerOptions.Web) { RespectRequiredConstructorParameters = true },
        _ => new(JsonSerializerOptions.Web) { MaxDepth = 1 },
    };

    private static void Redact(JsonTypeInfo type)
    {
        foreach (var property in type.Properties.Where(static property => property.PropertyType == typeof(string)))
        {
            var set = property.Set!;
            property.Set = (content, _) => set(content, "redacted");
        }
    }

    private static bool IsReadByGeneratedCode(string type) =>
        GeneratorRun.Of(Handler, Usings(type)).Files["Room.g.cs"].Contains("bool TryReadContent(ref", StringComparison.Ordinal);

    private static Task AssertSame(string type, JsonSerializerOptions? options, params string[] contents) => AssertSame(type, options, options, contents);

    private static async Task AssertSame(string type, JsonSerializerOptions? generatedOptions, JsonSerializerOptions? reflectedOptions, params string[] contents)
    {
        var generated = Room.Load(generatedOptions, Handler, Usings(type));
        var reflected = Room.LoadReflected(reflectedOptions, Handler, Usings(type));
        foreach (var content in contents)
        {
            var message = $$"""{"type":"a","content":{{content}}}""";
            Assert.Equal($"{content}: {await reflected.Message(message)}", $"{content}: {await generated.Message(message)}");
        }
    }

    private static string Usings(string type) => "using System.Text.Json.Serialization;\n" + type;

    private sealed class Loud : JsonConverter<string>
    {
        public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetString()?.ToUpperInvariant();

        public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value);
    }

    private sealed class NoRecords : JsonConverterFactory
    {
        public override bool CanConvert(Type typeToConvert) => typeToConvert.Name == "Inner";

        public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
            (JsonConverter)Activator.CreateInstance(typeof(Nothing<>).MakeGenericType(typeToConvert))!;
    }

    private sealed class Nothing<T> : JsonConverter<T>
    {
        public override T? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            reader.Skip();
            return default;
        }

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteNullValue();
    }
}
