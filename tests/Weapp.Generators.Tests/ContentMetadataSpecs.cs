using Weapp.CodeFixes;
using Weapp.Generators.Tests.Running;

namespace Weapp.Generators.Tests;

/// <summary>WEAPP008: which contents need metadata where reflection is off.</summary>
public sealed class ContentMetadataSpecs
{
    private const string Types = """
        using System.Text.Json.Serialization;
        [JsonDerivedType(typeof(Circle), "circle")] public abstract record Shape;
        public sealed record Circle(int R) : Shape;
        public sealed record Drawing(string Name, List<Shape> Shapes);
        public sealed record Word(string Text, DateTimeOffset At, Dictionary<string, int[]> More);

        """;

    [Theory]
    [InlineData("Word content")]
    [InlineData("string content")]
    [InlineData("JsonElement content")]
    [InlineData("UserInfo user")]
    [InlineData("Shape content", "WEAPP008: Shape content")]
    [InlineData("Drawing content", "WEAPP008: Drawing content")]
    [InlineData("object content", "WEAPP008: object content")]
    public async Task A_content_that_generated_code_does_not_read_needs_metadata(string content, params string[] findings) => Assert.Equal(
        findings,
        await WithoutReflection($"[TunnelHandler] public partial class Room {{ [TunnelMessage(\"a\")] void On(string id, {content}) {{ }} }}"));

    [Theory]
    [InlineData("Word content")]
    [InlineData("Shape content", "WEAPP008: Shape content")]
    [InlineData("Drawing? content", "WEAPP008: Drawing? content")]
    [InlineData("CancellationToken token")]
    public async Task A_content_that_generated_code_does_not_write_needs_metadata(string content, params string[] findings) => Assert.Equal(
        findings,
        await WithoutReflection($"[TunnelClient] public interface IClient {{ [TunnelMessage(\"a\")] Task<EmitResult> A({content}); }}"));

    [Theory]
    [InlineData("Base", "Base", "Shape content", "WEAPP008: Shape content")]
    [InlineData("Base", "Base", "Word content")]
    [InlineData("Base<T>", "Base<Shape>", "T content", "WEAPP008: Room")]
    [InlineData("Base<T>", "Base<Shape>", "List<T>? content", "WEAPP008: Room")]
    [InlineData("Base<T>", "Base<Word>", "T content")]
    [InlineData("Base<T>", "Base<Word>", "Shape content", "WEAPP008: Room")]
    public async Task A_content_of_an_inherited_method_needs_metadata(string declared, string inherited, string content, params string[] findings) => Assert.Equal(
        findings,
        await WithoutReflection(
            $"public abstract class {declared} {{ [TunnelMessage(\"a\")] protected void On(string id, {content}) {{ }} }} [TunnelHandler] public partial class Room : {inherited};"));

    [Theory]
    [InlineData("new Word(\"\", default, [])", "WEAPP008: new Word(\"\", default, [])")]
    [InlineData("\"text\"")]
    [InlineData("7")]
    [InlineData("default(JsonElement)")]
    public async Task A_content_that_is_sent_untyped_needs_metadata(string content, params string[] findings) => Assert.Equal(
        findings,
        await WithoutReflection($"public static class App {{ public static async Task Send(ITunnels tunnels) => await tunnels.EmitAsync(\"t\", \"a\", {content}); }}"));

    [Theory]
    [InlineData("Shape")]
    [InlineData("Drawing")]
    [InlineData("List<Shape?>")]
    [InlineData("Drawing[]")]
    [InlineData("Circle", "WEAPP008: Drawing content")]
    public async Task A_context_has_the_types_that_it_names_and_those_within(string named, params string[] findings)
    {
        const string Handler = "[TunnelHandler] public partial class Room { [TunnelMessage(\"a\")] void On(string id, Drawing content) { } }";

        Assert.Equal(findings, await WithoutReflection(Handler + Serializable(named)));
    }

    [Theory]
    [InlineData("public", 0)]
    [InlineData("internal", 1)]
    public async Task A_context_of_a_library_has_its_types_too(string accessibility, int findings)
    {
        var library = Snippet.Compile("Contract", [], Types + $$"""
            [JsonSerializable(typeof(Shape))] {{accessibility}} sealed class LibraryJson() : JsonSerializerContext(null)
            {
                protected override JsonSerializerOptions? GeneratedSerializerOptions => null;
                public override System.Text.Json.Serialization.Metadata.JsonTypeInfo? GetTypeInfo(Type type) => null;
            }
            """);
        var app = Snippet.Compile(
            "App", [library.ToMetadataReference()], "[TunnelHandler] public partial class Room { [TunnelMessage(\"a\")] void On(string id, Shape content) { } }");

        Assert.Equal(findings, (await Findings.In("PublishAot", "true", app)).Length);
    }

    [Theory]
    [InlineData("PublishAot", "true", 1)]
    [InlineData("PublishTrimmed", "True", 1)]
    [InlineData("PublishAot", "false", 0)]
    [InlineData("JsonSerializerIsReflectionEnabledByDefault", "true", 0)]
    [InlineData("Nothing", "true", 0)]
    public async Task It_is_said_where_reflection_is_off(string property, string value, int findings)
    {
        const string Handler = "[TunnelHandler] public partial class Room { [TunnelMessage(\"a\")] void On(string id, Shape content) { } }";

        Assert.Equal(findings, (await Findings.In(property, value, Types + Handler)).Length);
    }

    [Fact]
    public async Task A_context_gets_the_type()
    {
        var fix = await FixRun.Of(
            new ContentMetadataFixProvider(),
            Types + "[TunnelHandler] public partial class Room { [TunnelMessage(\"a\")] void On(string id, Shape content) { } }\n" + Serializable("Word"),
            Properties);

        Assert.Contains("[JsonSerializable(typeof(Shape))]\n[JsonSerializable(typeof(Word))] internal sealed partial class AppJson", await fix.Last(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_types_are_added_at_once()
    {
        const string Handler = """
            [TunnelHandler]
            public partial class Room
            {
                [TunnelMessage("a")] void A(string id, Shape content) { }
                [TunnelMessage("b")] void B(string id, Drawing content) { }
                [TunnelMessage("c")] void C(string id, Dictionary<int, Word> content) { }
            }

            """;
        var fix = await FixRun.Of(new ContentMetadataFixProvider(), Types + Handler + Serializable("Word"), Properties);

        Assert.Contains(
            "[JsonSerializable(typeof(Shape))]\n[JsonSerializable(typeof(Dictionary<int, Word>))]\n[JsonSerializable(typeof(Word))] internal sealed partial class AppJson",
            await fix.All(),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_context_is_made_where_there_is_none()
    {
        var fix = await FixRun.Of(
            new ContentMetadataFixProvider(), Types + "[TunnelHandler] public partial class Room { [TunnelMessage(\"a\")] void On(string id, Shape content) { } }", Properties);

        Assert.Contains("[JsonSerializable(typeof(Shape))]\ninternal sealed partial class ContentJson : JsonSerializerContext;", await fix.Added(), StringComparison.Ordinal);
    }

    private static Dictionary<string, string> Properties => new() { ["build_property.PublishAot"] = "true" };

    private static string Serializable(string type) => $"[JsonSerializable(typeof({type}))] internal sealed partial class AppJson : JsonSerializerContext;";

    private static Task<string[]> WithoutReflection(string source) => Findings.In("JsonSerializerIsReflectionEnabledByDefault", "false", Types + source);
}
