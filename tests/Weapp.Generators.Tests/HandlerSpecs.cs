using Microsoft.CodeAnalysis;
using Weapp.Generators.Tests.Running;

namespace Weapp.Generators.Tests;

/// <summary>In which ways handlers may be written, and what they say of themselves.</summary>
public sealed class HandlerSpecs
{
    [Theory]
    [InlineData("[TunnelHandler] public partial record Room { [TunnelConnect] void On(string id) => See(id); }")]
    [InlineData("[TunnelHandler] public partial class Room { public class GeneratedDispatcher; [TunnelConnect] void On(string id) => See(id); }")]
    [InlineData("[TunnelHandler] public partial class Room { [TunnelConnect] void On(string id) => See(id); void DispatchAsync() { } class ValueTask; }")]
    [InlineData("""
        #nullable disable
        [TunnelHandler] public partial class Room { [TunnelConnect] void On(string id, UserInfo user) => See(id); }
        """)]
    [InlineData("""
        public abstract partial class Base { [TunnelConnect] public void On(string id) => See(id); }
        [TunnelHandler] public partial class Other : Base { }
        [TunnelHandler] public partial class Room : Base { }
        """)]
    [InlineData("[TunnelHandler] public sealed partial record Room(string Name = \"none\") { [TunnelConnect] private static Task On(TunnelContext id) { See(id.TunnelId); return Task.CompletedTask; } }")]
    [InlineData("[TunnelHandler] public partial class Room(Weapp.Generators.Tests.Running.Greeting greeting) { [TunnelConnect] ValueTask On(string id) { See(greeting.Text == \"hello\" ? id : \"\"); return default; } }")]
    [InlineData("[TunnelHandler] public partial class Room { [TunnelConnect] private partial void On(string id); private partial void On(string id) => See(id); }")]
    [InlineData("[TunnelHandler] internal partial class Room; partial class Room { [TunnelConnect] void On(string id, CancellationToken token = default) => See(id); }")]
    [InlineData("[TunnelHandler] public partial class Room : IRoom { [TunnelConnect] public void On(string id) => See(id); } public interface IRoom { void On(string id); }")]
    [InlineData("public abstract class Base<T> { [TunnelConnect] protected void On(string id, [FromServices] T? service) => See(service is null ? \"\" : id); } [TunnelHandler] public partial class Room : Base<Weapp.Generators.Tests.Running.Greeting>;")]
    [InlineData("[TunnelHandler] [Obsolete] public partial class Room { [TunnelConnect, Obsolete] void On(string id) => See(id); }")]
    [InlineData("[TunnelHandler] public unsafe partial class Room { public required int* P; [System.Diagnostics.CodeAnalysis.SetsRequiredMembers] public Room() { } [TunnelConnect] void On(string id) => See(id); }")]
    public async Task A_handler_may_be_written_in_these_ways(string source) =>
        Assert.Equal("t1", await Room.LoadPosted(source).Feed(TunnelEventKind.Connect, new UserInfo { OpenId = "o1" }));

    [Theory]
    [InlineData("Chat.Room", "namespace Chat; [TunnelHandler] public partial class Room { METHOD }")]
    [InlineData("A.B.C.Room", "namespace A.B { namespace C { [TunnelHandler] partial class Room { METHOD } } }")]
    [InlineData("namespace.class.event", "namespace @namespace.@class; [TunnelHandler] public partial class @event { METHOD }")]
    [InlineData("Outer+Room", "public partial class Outer { [TunnelHandler] private partial class Room { METHOD } }")]
    [InlineData("Outer+Middle+Room", "public partial class Outer { protected internal partial record Middle { [TunnelHandler] internal partial class Room { METHOD } } }", "private protected")]
    [InlineData("IOuter+Room", "partial interface IOuter { [TunnelHandler] partial class Room { METHOD } }")]
    [InlineData("record", "[TunnelHandler] partial class @record { METHOD }")]
    [InlineData("说话.聊天室", "namespace 说话; [TunnelHandler] partial class 聊天室 { METHOD }")]
    public async Task A_handler_may_be_named_and_placed_in_these_ways(string name, string source, string accessibility = "private") => Assert.Equal(
        "t1 Number { N = 7 }",
        await Room.LoadPostedAs(name, source
            .Replace("METHOD", $"{accessibility} sealed record Number(int N); [TunnelMessage(\"a\")] {accessibility} void On(string @this, Number @params) => See(@this, @params);", StringComparison.Ordinal))
            .Message("""{"type":"a","content":{"n":7}}"""));

    [Fact]
    public async Task Handlers_of_one_name_in_two_namespaces_are_two()
    {
        string[] sources =
        [
            "namespace A; [TunnelHandler] public partial class Room { [TunnelConnect] void On(string id) => See(\"a\", id); }",
            "namespace B; [TunnelHandler] public partial class Room { [TunnelConnect] void On(string id) => See(\"b\", id); }",
        ];

        Assert.Equal("a t1", await Room.LoadPostedAs("A.Room", sources).Feed(TunnelEventKind.Connect));
        Assert.Equal("b t1", await Room.LoadPostedAs("B.Room", sources).Feed(TunnelEventKind.Connect));
    }

    [Theory]
    [InlineData("Room", "ROOM", "[TunnelHandler] public partial class Room { METHOD } [TunnelHandler] public partial class ROOM { METHOD }", "-R-O-O-M.g.cs", "-Room.g.cs")]
    [InlineData("Chat.Room", "chat.Room", "namespace Chat { [TunnelHandler] public partial class Room { METHOD } } namespace chat { [TunnelHandler] public partial class Room { METHOD } }", "-Chat.-Room.g.cs", "chat.-Room.g.cs")]
    [InlineData("Outer+A", "outer+A", "public partial class Outer { [TunnelHandler] public partial class A { METHOD } } public partial class outer { [TunnelHandler] public partial class A { METHOD } }", "-Outer.-A.g.cs", "outer.-A.g.cs")]
    public async Task Handlers_whose_names_differ_by_case_are_two(string first, string second, string source, params string[] files)
    {
        var sources = source.Replace("METHOD", "[TunnelConnect] void On(string id) => See(id, GetType());", StringComparison.Ordinal);

        Assert.Equal(files, GeneratorRun.Of(sources).Files.Keys.Order(StringComparer.Ordinal));
        Assert.Equal("t1 " + first, await Room.LoadPostedAs(first, sources).Feed(TunnelEventKind.Connect));
        Assert.Equal("t1 " + second, await Room.LoadPostedAs(second, sources).Feed(TunnelEventKind.Connect));
    }

    [Theory]
    [InlineData("[TunnelClient] public interface IClient; [TunnelClient] public interface IClIent;")]
    [InlineData("public class Outer { [TunnelClient] public interface IClient; } [TunnelClient] public interface Outer_IClient;")]
    [InlineData("namespace A { [TunnelClient] public interface IClient; } namespace a { [TunnelClient] public interface IClient; }")]
    public void Clients_of_like_names_are_two(string source)
    {
        var run = GeneratorRun.Of(source);

        Assert.Empty(run.CompilerFindings());
        Assert.Equal(2, run.Files.Count);
    }

    [Fact]
    public void Nested_handlers_and_odd_names_compile()
    {
        var run = GeneratorRun.Of("""
            namespace @namespace.Inner
            {
                public partial interface IOuter
                {
                    internal partial record struct Middle
                    {
                        [TunnelHandler]
                        private sealed partial class @class { [TunnelMessage("x")] void @if(string id, @int content) => See(id); }

                        [Obsolete("Not for new code")]
                        private sealed record @int(int Value);
                    }
                }
            }
            """);

        Assert.Equal(["namespace.Inner.IOuter.Middle.class.g.cs"], run.Files.Keys);
        Assert.DoesNotContain(run.CompilerFindings(), static finding => !finding.Contains("File0.cs", StringComparison.Ordinal));
    }

    [Fact]
    public void Names_of_the_user_s_cannot_be_mistaken_for_ours()
    {
        var run = GeneratorRun.Of("""
            namespace Chat
            {
                [TunnelClient] public interface IClient { [TunnelMessage("a")] Task<EmitResult> A(Word content, CancellationToken token); }
                public sealed record Word(string Text);

                [TunnelHandler<IClient>]
                public sealed partial class Room
                {
                    private class System; private class Microsoft; private class Weapp; private class Chat; private class ValueTask;
                    [TunnelMessage("a")] Task A(string id, Word word, UserInfo user, [FromServices] IServiceProvider services) => Task.CompletedTask;
                }
            }
            namespace Chat.System { class Threading; }
            namespace Chat.Weapp { class TunnelEvent; }
            namespace Chat.Chat { class Word; }
            namespace Weapp.Generated.Chat.System { class Threading; }
            namespace Weapp.Generated.Chat.Weapp { class TunnelEvent; }
            """);

        Assert.Empty(run.CompilerFindings());
    }

    [Fact]
    public void Files_are_marked_as_generated_and_end_their_lines_alike()
    {
        var run = GeneratorRun.Of("[TunnelHandler] public partial class Room\r\n{\r\n    [TunnelConnect] void On(string id)\r\n    { } }");

        var file = Assert.Single(run.Files.Values);
        Assert.StartsWith("// <auto-generated/>\n#nullable enable\n", file, StringComparison.Ordinal);
        Assert.EndsWith("}\n", file, StringComparison.Ordinal);
        Assert.DoesNotContain('\r', file);
    }

    [Fact]
    public void The_contract_says_what_the_handler_takes()
    {
        var contract = Room.With("""
            [TunnelRequest] void OnRequest(string tunnelId) { }
            [TunnelClose] void OnClose(string tunnelId) { }
            [TunnelMessage("none")] void OnNone(string tunnelId) { }
            [TunnelMessage("number")] void OnNumber(string tunnelId, int? n) { }
            [TunnelMessage("json")] void OnJson(string tunnelId, JsonElement json) { }
            [TunnelMessage] void OnOther(string tunnelId, string type) { }
            """).Contract;

        Assert.Equal(TunnelHandlerEvents.Request | TunnelHandlerEvents.Close, contract.Events);
        Assert.Equal(
            [new("none", null), new("number", typeof(int?)), new TunnelMessageContract("json", typeof(System.Text.Json.JsonElement))], contract.Messages);
        Assert.True(contract.TakesOtherMessages);
        Assert.Equal(TunnelHandlerEvents.None, Room.With("").Contract.Events);
    }

    [Fact]
    public void A_handler_that_cannot_be_completed_ends_a_build_with_one_error()
    {
        var run = GeneratorRun.Of("""
            namespace Chat;
            [TunnelHandler] public class Room { [TunnelConnect] void On(string id) { } }
            public static class App { static void Add<T>() where T : class, ITunnelHandler<T> { } static void Main() => Add<Room>(); }
            """);

        var error = Assert.Single(run.Diagnostics);
        Assert.Equal("WEAPP001", error.Id);
        Assert.Equal("Room", Squiggled(error));
        Assert.Equal(DiagnosticSeverity.Error, error.Severity);
        Assert.Contains(WellKnownDiagnosticTags.NotConfigurable, error.Descriptor.CustomTags);
        Assert.Empty(run.Files);

        var moved = Assert.Single(run.Edit(0, static source => "// One line more\n" + source).Diagnostics);
        Assert.Equal("Room", Squiggled(moved));
    }

    [Fact]
    public void In_an_editor_the_analyzer_alone_speaks() =>
        Assert.Empty(GeneratorRun.InEditor(Snippet.Compile("[TunnelHandler] public class Room { }")).Diagnostics);

    [Fact]
    public void A_handler_may_have_both_attributes()
    {
        var run = GeneratorRun.Of("""
            [TunnelHandler, TunnelHandler<IClient>] public partial class Room { }
            [TunnelClient] public interface IClient { [TunnelMessage("a")] Task<EmitResult> A(); }
            """);

        Assert.Empty(run.CompilerFindings());
        Assert.Contains("new global::Weapp.Generated.IClientFactory(", run.Files["Room.g.cs"], StringComparison.Ordinal);
    }

    private static string Squiggled(Diagnostic diagnostic) => diagnostic.Location.SourceTree!.GetText().ToString(diagnostic.Location.SourceSpan);
}
