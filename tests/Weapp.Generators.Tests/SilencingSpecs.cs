using Microsoft.CodeAnalysis;
using Weapp.Generators.Tests.Running;

namespace Weapp.Generators.Tests;

/// <summary>How findings are switched off, each by what C# has for it.</summary>
public sealed class SilencingSpecs
{
    private const string Client = "[TunnelClient] public interface IClient { [TunnelMessage(\"error\")] Task<EmitResult> Error(); [TunnelMessage(\"a\")] Task<EmitResult> A(); }";
    private const string Sender = "public class Sender(ITunnels tunnels) { ValueTask<EmitResult> Send(string id) => tunnels.EmitAsync(id, \"a\"); }";

    [Fact]
    public async Task By_a_pragma_until_it_is_restored() => Assert.Equal(
        ["WEAPP004: \"close\"", "WEAPP011: \"error\""],
        await Findings.Of("""
            #pragma warning disable WEAPP004, WEAPP005, WEAPP011
            public class Plain(ITunnels tunnels)
            {
                [TunnelConnect] ValueTask<EmitResult> On(string id) => tunnels.EmitAsync(id, "error");
                ValueTask<EmitResult> Close(string id) => tunnels.EmitAsync(id, "close");
            #pragma warning restore WEAPP004, WEAPP011
                ValueTask<EmitResult> Close2(string id) => tunnels.EmitAsync(id, "close");
                ValueTask<EmitResult> Error2(string id) => tunnels.EmitAsync(id, "error");
            }
            #pragma warning disable WEAPP004
            [TunnelClient] public interface IClient { [TunnelMessage("error")] Task<EmitResult> Error(); }
            """));

    [Theory]
    [InlineData(Client, "WEAPP004")]
    [InlineData(Client + Sender, "WEAPP011")]
    [InlineData("public class Plain { [TunnelConnect] void On(string id) { } }", "WEAPP005")]
    [InlineData("[TunnelHandler] public partial class Room { [TunnelConnect] void On(int id) { } }", "WEAPP003")]
    [InlineData("[TunnelHandler] public partial class Room { [TunnelConnect] void A(string id) { } [TunnelConnect] void B(string id) { } }", "WEAPP002")]
    [InlineData("[TunnelHandler] public partial class Room { [TunnelMessage(\"a\")] void On(string id, Action content) { } }", "WEAPP006")]
    [InlineData("[TunnelHandler] public partial class Room { [TunnelConnect] async void On(string id) => await Task.Yield(); }", "WEAPP007")]
    [InlineData("[TunnelHandler] public partial class Room { [TunnelMessage(\"a\")] void On(string id, object content) { } }", "WEAPP008")]
    [InlineData("[TunnelClient] public interface IClient { int A { get; } }", "WEAPP009")]
    [InlineData("[TunnelHandler] public partial class Room { [TunnelMessage(\"a b\")] void On(string id) { } }", "WEAPP010")]
    public async Task By_the_pragma_of_its_id(string source, string id)
    {
        Assert.Contains(await Findings.In("PublishAot", "true", source), finding => finding.StartsWith(id, StringComparison.Ordinal));
        Assert.DoesNotContain(await Findings.In("PublishAot", "true", $"#pragma warning disable {id}\n" + source), finding => finding.StartsWith(id, StringComparison.Ordinal));
    }

    [Fact]
    public async Task By_an_attribute() => Assert.Empty(await Findings.Of("""
        using System.Diagnostics.CodeAnalysis;
        [SuppressMessage("Weapp", "WEAPP004", Justification = "The phone listens for @error.")]
        [TunnelClient] public interface IClient { [TunnelMessage("error")] Task<EmitResult> Error(); [TunnelMessage("a")] Task<EmitResult> A(); }
        public class Sender(ITunnels tunnels)
        {
            [SuppressMessage("Weapp", "WEAPP011")] ValueTask<EmitResult> Send(string id) => tunnels.EmitAsync(id, "a");
        }
        """));

    [Theory]
    [InlineData("dotnet_diagnostic.WEAPP004.severity = none", "WEAPP011 Warning")]
    [InlineData("dotnet_diagnostic.WEAPP011.severity = error", "WEAPP004 Warning", "WEAPP011 Error")]
    [InlineData("dotnet_diagnostic.WEAPP004.severity = suggestion", "WEAPP004 Info", "WEAPP011 Warning")]
    public async Task By_an_editorconfig(string line, params string[] findings) => Assert.Equal(findings, await Under(line, Client + Sender));

    [Theory]
    [InlineData("dotnet_diagnostic.WEAPP003.severity = warning", "[TunnelHandler] public partial class Room { [TunnelConnect] void On(int id) { } }", "WEAPP003 Warning")]
    [InlineData("dotnet_diagnostic.WEAPP001.severity = none", "[TunnelHandler] public class Room;", "WEAPP001 Error")]
    public async Task What_cannot_work_can_be_called_less_but_not_WEAPP001(string line, string source, string finding) => Assert.Equal([finding], await Under(line, source));

    private static async Task<IEnumerable<string>> Under(string line, string source)
    {
        var files = AnalyzerConfigSet.Create((AnalyzerConfig[])[AnalyzerConfig.Parse("root = true\n[*.cs]\n" + line, "/.editorconfig")]);
        var compilation = Snippet.Compile(source);
        var run = GeneratorRun.Of(compilation.WithOptions(compilation.Options.WithSyntaxTreeOptionsProvider(new ConfiguredSeverities(files))));
        return (await Findings.Diagnose(run)).Select(static finding => $"{finding.Id} {finding.Severity}");
    }

    private sealed class ConfiguredSeverities(AnalyzerConfigSet files) : SyntaxTreeOptionsProvider
    {
        public override GeneratedKind IsGenerated(SyntaxTree tree, CancellationToken cancellationToken) => GeneratedKind.Unknown;

        public override bool TryGetDiagnosticValue(SyntaxTree tree, string diagnosticId, CancellationToken cancellationToken, out ReportDiagnostic severity) =>
            files.GetOptionsForSourcePath("/" + tree.FilePath).TreeOptions.TryGetValue(diagnosticId, out severity);

        public override bool TryGetGlobalDiagnosticValue(string diagnosticId, CancellationToken cancellationToken, out ReportDiagnostic severity)
        {
            severity = default;
            return false;
        }
    }
}
