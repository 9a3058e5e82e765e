using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Weapp.Generators.Tests.Running;

namespace Weapp.Generators.Tests;

/// <summary>
/// Which changes write which files again; every other file must come from the cache. That an unrelated edit writes nothing is checked by every run of every test.
/// </summary>
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

    // The compiler knows the files with attributes by their place among each other: the one in the middle keeps it.
    [Fact]
    public void Files_in_another_place_are_written_again_to_the_same_letter()
    {
        var files = Run().Files;
        var run = Run().Change(static project => project.RemoveAllSyntaxTrees().AddSyntaxTrees(project.SyntaxTrees.Reverse()));

        Assert.Equal(files.OrderBy(static file => file.Key), run.Files.OrderBy(static file => file.Key));
        AssertReasons(run, IncrementalStepRunReason.New, "Chat.A.g.cs", "Chat.IClient.g.cs");
    }

    [Fact]
    public void A_handler_that_moves_to_another_file_is_written_again_to_the_same_letter()
    {
        var files = Run().Files;
        var run = Run().Change(static project => project
            .ReplaceSyntaxTree(Tree(project, 0), Snippet.Parse("namespace Chat; [Obsolete] public class Left;", "File0.cs"))
            .ReplaceSyntaxTree(Tree(project, 2), Snippet.Parse(Shared + A.Replace("namespace Chat;", "", StringComparison.Ordinal), "File2.cs")));

        Assert.Equal(files.OrderBy(static file => file.Key), run.Files.OrderBy(static file => file.Key));
        AssertReasons(run, IncrementalStepRunReason.New, "Chat.A.g.cs");
    }

    [Fact]
    public void A_new_handler_writes_its_own_file_only() =>
        AssertReasons(Run().Edit(1, static b => b + "[TunnelHandler] public partial class C;"), IncrementalStepRunReason.New, "Chat.C.g.cs");

    [Fact]
    public void A_handler_in_two_files_is_written_for_a_method_in_either()
    {
        const string Second = "namespace Chat; public partial class A { [TunnelClose] void OnClose(string tunnelId) { } }";

        AssertWritten(GeneratorRun.Of(A, B, Shared, Second).Edit(3, static second => "// A\n" + second.Replace("{ } }", "{ See(1); } }")));
        AssertWritten(GeneratorRun.Of(A, B, Shared, Second).Edit(3, static second => second.Replace("TunnelClose", "TunnelRequest")), "Chat.A.g.cs");
        AssertWritten(GeneratorRun.Of(A, B, Shared, Second).Edit(0, static first => first.Replace("TunnelConnect", "TunnelRequest")), "Chat.A.g.cs");
    }

    [Fact]
    public void Another_type_whose_name_differs_by_case_gives_the_handler_a_file_of_another_name()
    {
        var run = Run().Edit(2, static shared => shared + "public class a;");

        Assert.Equal(["-Chat.-A.g.cs", "Chat.B.g.cs", "Chat.IClient.g.cs"], run.Files.Keys.Order(StringComparer.Ordinal));
        AssertWritten(run, "-Chat.-A.g.cs");
    }

    [Fact]
    public void Another_member_of_a_content_in_another_assembly_writes_the_handler_that_reads_it()
    {
        var before = Reference("Contract", "namespace Contract; public sealed record Payload(string Text);");
        var after = Reference("Contract", "namespace Contract; public sealed record Payload(string Text, int Size);");
        var app = GeneratorRun.Of(Snippet.Compile("App", [before], "using Contract;\n" + A, B, Shared.Replace("sealed record Payload", "sealed record Other", StringComparison.Ordinal)
            .Replace("X(Payload", "X(Other", StringComparison.Ordinal)));

        AssertWritten(app.Change(project => project.ReplaceReference(before, after)), "Chat.A.g.cs");
    }

    [Fact]
    public void Another_reference_writes_nothing() =>
        AssertWritten(Run().Change(static project => project.AddReferences(Reference("Unrelated", "namespace Unrelated; public class Payload;"))));

    [Fact]
    public void The_search_for_held_compilations_finds_one()
    {
        var symbol = Run().Output.GetTypeByMetadataName("Chat.A")!;

        Assert.ThrowsAny<Exception>(() => ObjectGraph.AssertPlain(new[] { Tuple.Create("A", symbol) }));
        Assert.ThrowsAny<Exception>(() => ObjectGraph.AssertPlain(new { Where = symbol.Locations[0] }));
    }

    private static SyntaxTree Tree(CSharpCompilation project, int source) => project.SyntaxTrees.Single(tree => tree.FilePath == $"File{source}.cs");

    private static PortableExecutableReference Reference(string name, string source)
    {
        using MemoryStream image = new();
        Assert.True(Snippet.Compile(name, [], source).Emit(image).Success);
        return MetadataReference.CreateFromImage(image.ToArray());
    }

    private static void AssertWritten(GeneratorRun run, params string[] files) => AssertReasons(run, IncrementalStepRunReason.Modified, files);

    private static void AssertReasons(GeneratorRun run, IncrementalStepRunReason reason, params string[] files) => Assert.Equal(
        run.Files.Keys.Order().Select(file => $"{file} {(files.Contains(file) ? reason : IncrementalStepRunReason.Cached)}"),
        run.Reasons.OrderBy(static file => file.Key).Select(static file => $"{file.Key} {file.Value}"));
}
