using Microsoft.CodeAnalysis;
using Weapp.Generators.Tests.Running;

namespace Weapp.Generators.Tests;

/// <summary>One mistake is one error: what is right around it is still written, and what is written compiles.</summary>
public sealed class CascadeSpecs
{
    private const string App = """
        public class App(ITunnels<IClient> clients)
        {
            static void Add<T>() where T : class, ITunnelHandler<T> { }
            public static void Main() => Add<Room>();
            public Task Send() => clients.Emit("1").B();
        }
        """;

    private const string RightClient = "[TunnelClient] public interface IClient { [TunnelMessage(\"b\")] Task<EmitResult> B(); }";

    [Theory]
    [InlineData("[TunnelConnect] void A(int id) { }", "WEAPP003")]
    [InlineData("[TunnelConnect] void A() { }", "WEAPP003")]
    [InlineData("[TunnelConnect] int A(string id) => 1;", "WEAPP003")]
    [InlineData("[TunnelConnect] async void A(string id) => await Task.Yield();", "WEAPP007")]
    [InlineData("[TunnelConnect] void A<T>(string id) { }", "WEAPP003")]
    [InlineData("[TunnelMessage(\"a\")] void A(string id, (int, int) content) { }", "WEAPP006")]
    [InlineData("[TunnelMessage(\"a\")] void A(string id, ReadOnlySpan<byte> content) { }", "WEAPP006")]
    [InlineData("[TunnelMessage(\"a b\")] void A(string id) { }", "WEAPP010")]
    [InlineData("[TunnelClose] void A(string id) { }", "WEAPP002")]
    [InlineData("[TunnelMessage(\"a\")] void A(string id, Missing content) { }", "CS0246")]
    [InlineData("[TunnelMessage(\"a\")] void A(string id, List<Missing?> content) { }", "CS0246")]
    [InlineData("[TunnelMessage(\"a\")] void A(string id, [FromServices] Missing service) { }", "CS0246")]
    [InlineData("[TunnelMessage(\"a\")] void A(string id, [FromServices] IComparer<Missing> service) { }", "CS0246")]
    [InlineData("[TunnelConnect] void A(Missing tunnel) { }", "CS0246")]
    [InlineData("[TunnelConnect] Missing A(string id) => null!;", "CS0246")]
    [InlineData("[TunnelMessage(Missing)] void A(string id) { }", "CS0103")]
    [InlineData("[TunnelMessage(1)] void A(string id) { }", "CS1503")]
    [InlineData("[TunnelConnect] Task<Missing> A(string id) => null!;", "CS0246")]
    [InlineData("int P { [TunnelConnect] get => 1; }", "WEAPP003")]
    [InlineData("[TunnelConnect] void A(string id, OfOneFile content) { }", "CS9051", "WEAPP003")]
    [InlineData("[TunnelMessage(\"a\")] void A(string id, OfOneFile content) { }", "CS9051", "WEAPP006")]
    [InlineData("[TunnelMessage(\"a\")] void A(string id, List<OfOneFile.Inner> content) { }", "CS9051", "WEAPP006")]
    [InlineData("[TunnelMessage(\"a\")] void A(string id, [FromServices] OfOneFile service) { }", "CS9051", "WEAPP003")]
    public async Task A_wrong_method_leaves_the_others_at_work(string method, params string[] findings)
    {
        var run = GeneratorRun.Of(
            "[TunnelHandler<IClient>] public partial class Room { [TunnelClose] void B(string id) { } " + method + " }\nfile class OfOneFile { public class Inner; }",
            App,
            RightClient);

        Assert.Equal(findings, await All(run));
        Assert.Contains("handler.B(e.TunnelId)", run.Files["Room.g.cs"], StringComparison.Ordinal);
        Assert.DoesNotContain("handler.A", run.Files["Room.g.cs"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[TunnelMessage(\"a\")] Task A(int content);", "WEAPP009")]
    [InlineData("[TunnelMessage(\"a\")] Task<EmitResult> A(Action content);", "WEAPP006")]
    [InlineData("[TunnelMessage(\"a\")] Task<EmitResult> A(Missing content);", "CS0246")]
    [InlineData("[TunnelMessage(\"a\")] Task<EmitResult> A(List<Missing> content);", "CS0246")]
    [InlineData("[TunnelMessage(\"a\")] Missing A();", "CS0246")]
    [InlineData("[TunnelMessage(\"a\")] Task<Missing> A();", "CS0246")]
    [InlineData("[TunnelMessage(Missing)] Task<EmitResult> A();", "CS0103")]
    [InlineData("[TunnelMessage(1)] Task<EmitResult> A();", "CS1503")]
    [InlineData("int A { get; }", "WEAPP009")]
    [InlineData("[TunnelMessage(\"b\")] Task<EmitResult> A();", "WEAPP002")]
    public async Task A_wrong_method_of_a_client_leaves_its_handler_and_its_callers_at_work(string method, params string[] findings)
    {
        var run = GeneratorRun.Of(
            "[TunnelHandler<IClient>] public partial class Room { [TunnelClose] void B(string id) { } }",
            App,
            "[TunnelClient] public interface IClient { [TunnelMessage(\"b\")] Task<EmitResult> B(); " + method + " }");

        Assert.Equal(findings, await All(run));
        Assert.Contains("handler.B(e.TunnelId)", run.Files["Room.g.cs"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("IDisposable", "WEAPP009")]
    [InlineData("Missing", "CS0246")]
    public async Task A_wrong_client_leaves_its_handler_at_work(string client, string finding) => Assert.Equal(
        [finding], await All(GeneratorRun.Of($"[TunnelHandler<{client}>] public partial class Room {{ [TunnelClose] void B(string id) {{ }} }}", App, RightClient)));

    [Theory]
    [InlineData("[TunnelHandler] public struct Room;")]
    [InlineData("[TunnelHandler] public class Room;")]
    [InlineData("[TunnelHandler] public abstract partial class Room;")]
    public void A_handler_that_cannot_be_completed_ends_a_build_before_its_uses_are_looked_at(string handler) =>
        Assert.Equal(["WEAPP001"], GeneratorRun.Of(handler, App, RightClient).Diagnostics.Select(static finding => finding.Id));

    private static async Task<IEnumerable<string>> All(GeneratorRun run) =>
        (await Findings.Diagnose(run)).Concat(run.Output.GetDiagnostics().Where(static finding => finding.Severity == DiagnosticSeverity.Error))
            .Select(static finding => finding.Id)
            .Distinct()
            .Order(StringComparer.Ordinal);
}
