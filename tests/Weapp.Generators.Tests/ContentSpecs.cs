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
    [InlineData("public sealed record Content([property: JsonPropertyName(\"tXt\")] string Text);", """{"tXt":"hi"}""")]
    [InlineData("public sealed class Content { public string Text { get; set; } = \"none\"; public int N { get; init; } = 7; public override string ToString() => Text + N; }", """{"text":"hi","n":1}""", """{"text":"hi"}""")]
    [InlineData("public sealed record Content(string Text) { public required int N { get; init; } }", """{"text":"hi","n":1}""", """{"text":"hi"}""", """{"n":1}""")]
    [InlineData("public record Content(string URLName, int X, string? ID2);", """{"urlName":"u","x":1,"iD2":"i"}""", """{"urlName":"u","x":1,"id2":"i"}""")]
    [InlineData("public sealed record Content(string Text) { public int Length => Text.Length; private int Hidden { get; set; } }", """{"text":"hi"}""", """{"text":"hi","length":5,"hidden":1}""")]
    [InlineData("public sealed record Content(string Text, Content? Next = null);", """{"text":"a","next":{"text":"b"}}""", """{"text":"a","next":null}""")]
    [InlineData("public sealed record Content(string @class, Outer.Inner @event); public static class Outer { public sealed record Inner(bool @true); }", """{"class":"c","event":{"true":true}}""")]
    public async Task A_type_of_plain_members_is_read_by_generated_code(string type, params string[] contents)
    {
        Assert.True(IsReadByGeneratedCode(type));
        await AssertSame(type, null, contents);
    }

    [Theory]
    [InlineData("public sealed record Content(string Text, decimal Price);", """{"text":"hi","price":1}""")]
    [InlineData("public sealed record Content(string[] Texts);", """{"texts":["hi"]}""")]
    [InlineData("public sealed record Content(Inner Inner); public sealed record Inner(int? N);", """{"inner":{"n":null}}""")]
    [InlineData("public record struct Content(string Text);", """{"text":"hi"}""")]
    [InlineData("public sealed record Content(string Text) { [JsonIgnore] public int N { get; set; } }", """{"text":"hi","n":1}""")]
    [InlineData("public sealed record Content(string Text) { [JsonInclude] internal int N { get; set; } }", """{"text":"hi","n":1}""")]
    [InlineData("public sealed record Content([property: JsonNumberHandling(JsonNumberHandling.Strict)] int N);", """{"n":"1"}""")]
    [InlineData("[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)] public sealed record Content(string Text);", """{"text":"hi","n":1}""")]
    [InlineData("public sealed class Content { public Content() { } public Content(string text) { } public string Text { get; set; } = \"\"; public override string ToString() => Text; }", """{"text":"hi"}""")]
    [InlineData("public sealed class Content { public required string Text; public override string ToString() => Text; }", """{"text":"hi"}""")]
    [InlineData("public sealed record Content(string Text) : Base; public record Base { public int N { get; set; } }", """{"text":"hi","n":1}""")]
    [InlineData("public sealed class Content(string other) { public string Text { get; } = other; public override string ToString() => Text; }")]
    [InlineData("public sealed record Content { [Obsolete(\"No.\", error: true)] public string? Text { get; set; } public int N { get; set; } }", """{"n":1}""")]
    public async Task A_type_with_rules_is_left_to_the_serializer(string type, params string[] contents)
    {
        Assert.False(IsReadByGeneratedCode(type));
        if (contents.Length > 0)
            await AssertSame(type, null, contents);
    }

    [Theory]
    [InlineData("a naming policy")]
    [InlineData("a converter")]
    [InlineData("a converter of an object")]
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
        GeneratorRun.Of(Handler, Usings(type)).Files["Room.g.cs"].Contains("TryReadContent(ref", StringComparison.Ordinal);

    private static async Task AssertSame(string type, JsonSerializerOptions? options, params string[] contents)
    {
        var generated = Room.Load(options, Handler, Usings(type));
        var reflected = Room.LoadReflected(options, Handler, Usings(type));
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
