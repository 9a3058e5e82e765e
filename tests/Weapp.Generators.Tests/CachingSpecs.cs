using Microsoft.CodeAnalysis;
using Weapp.Generators.Tests.Running;

namespace Weapp.Generators.Tests;

/// <summary>Which edits write files again, and which do not. That unrelated ones do not is checked by every run of every test.</summary>
public sealed class CachingSpecs
{
    private const string A = """
        namespace Chat;
        [TunnelHandler]
        public partial class A
        {
            [TunnelConnect] void OnConnect(string tunnelId) { }
            [TunnelMessage("a")] void OnA(string tunnelId, Payload payload) { }
        }
        """;

    private const string B = """
        namespace Chat;
        [TunnelHandler<IClient>]
        public partial class B : Base
        {
            [TunnelMessage("b")] void OnB(string tunnelId) { }
        }
        """;

    private const string Shared = """
        namespace Chat;
        public sealed record Payload(string Text);
        public abstract class Base
        {
            [TunnelClose] protected void OnClose(string tunnelId) { }
        }
        [TunnelClient]
        public interface IClient
        {
            [TunnelMessage("x")] Task<EmitResult> X(Payload payload);
        }
        """;

    private static GeneratorRun Run() => GeneratorRun.Of(A, B, Shared);

    [Fact]
    public void One_file_is_written_for_each_type() =>
        Assert.Equal(["Chat.A.g.cs", "Chat.B.g.cs", "Chat.IClient.g.cs"], Run().Files.Keys.Order());

    [Fact]
    public void A_body_that_grows_by_lines_writes_nothing() =>
        AssertWritten(Run().Edit(0, static a => a.Replace("void OnConnect(string tunnelId) { }", "void OnConnect(string tunnelId)\n{\n    See(1);\n}\n")));

    [Fact]
    public void A_comment_above_everything_writes_nothing() => AssertWritten(Run().Edit(0, static a => "// A\n\n" + a));

    [Fact]
    public void Another_message_type_writes_its_handler_only() =>
        AssertWritten(Run().Edit(0, static a => a.Replace("\"a\"", "\"c\"")), "Chat.A.g.cs");

    [Fact]
    public void Another_parameter_writes_its_handler_only() =>
        AssertWritten(Run().Edit(1, static b => b.Replace("tunnelId)", "tunnelId, UserInfo? user)")), "Chat.B.g.cs");

    [Fact]
    public void A_renamed_parameter_writes_nothing() => AssertWritten(Run().Edit(1, static b => b.Replace("tunnelId", "id")));

    [Fact]
    public void A_content_that_becomes_nullable_writes_its_handler_only() =>
        AssertWritten(Run().Edit(0, static a => a.Replace("Payload payload", "Payload? payload")), "Chat.A.g.cs");

    [Fact]
    public void An_inherited_method_in_another_file_writes_the_handler_that_inherits_it() =>
        AssertWritten(Run().Edit(2, static shared => shared.Replace("[TunnelClose]", "[TunnelConnect]")), "Chat.B.g.cs");

    [Fact]
    public void Another_message_of_a_client_writes_the_client_only() =>
        AssertWritten(Run().Edit(2, static shared => shared.Replace("\"x\"", "\"y\"")), "Chat.IClient.g.cs");

    [Fact]
    public void Another_member_of_a_content_writes_the_handler_that_reads_it_and_the_client_that_writes_it() =>
        AssertWritten(Run().Edit(2, static shared => shared.Replace("string Text", "string Text, int Size")), "Chat.A.g.cs", "Chat.IClient.g.cs");

    [Fact]
    public void Another_method_of_a_content_writes_nothing() =>
        AssertWritten(Run().Edit(2, static shared => shared.Replace("(string Text);", "(string Text) { public int Size() => Text.Length; }")));

    [Fact]
    public void A_client_that_stops_being_one_writes_its_handler()
    {
        var run = Run().Edit(2, static shared => shared.Replace("[TunnelClient]", ""));

        AssertWritten(run, "Chat.B.g.cs");
        Assert.DoesNotContain("Chat.IClient.g.cs", run.Files.Keys);
        Assert.DoesNotContain("AddTunnelClient", run.Files["Chat.B.g.cs"], StringComparison.Ordinal);
    }

    [Fact]
    public void A_removed_attribute_removes_its_file()
    {
        var run = Run().Edit(0, static a => a.Replace("[TunnelHandler]", ""));

        Assert.Equal(["Chat.B.g.cs", "Chat.IClient.g.cs"], run.Files.Keys.Order());
        AssertWritten(run);
    }

    [Fact]
    public void The_search_for_held_compilations_finds_one()
    {
        var symbol = Run().Output.GetTypeByMetadataName("Chat.A")!;

        Assert.ThrowsAny<Exception>(() => ObjectGraph.AssertPlain(new[] { Tuple.Create("A", symbol) }));
        Assert.ThrowsAny<Exception>(() => ObjectGraph.AssertPlain(new { Where = symbol.Locations[0] }));
    }

    private static void AssertWritten(GeneratorRun run, params string[] files) =>
        Assert.Equal(files, run.Reasons.Where(static file => file.Value is IncrementalStepRunReason.New or IncrementalStepRunReason.Modified).Select(static file => file.Key).Order());
}
