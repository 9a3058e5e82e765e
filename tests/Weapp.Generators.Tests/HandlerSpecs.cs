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
    public async Task A_handler_may_be_written_in_these_ways(string source) =>
        Assert.Equal("t1", await Room.Load(source).Feed(TunnelEventKind.Connect, new UserInfo { OpenId = "o1" }));

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
