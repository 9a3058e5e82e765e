using Weapp.Generators.Emitting;
using Weapp.Generators.Tests.Running;
using Weapp.TestKit;

namespace Weapp.Generators.Tests;

/// <summary>
/// Generated files to the letter, for eyes to see what a change of the generator does to all. With <c>WEAPP_WRITE_BASELINES</c> set, what is generated
/// becomes the baseline, and the tests fail.
/// </summary>
public sealed class BaselineSpecs
{
    private const string Folder = "tests/Weapp.Generators.Tests/Baselines";

    private static readonly Dictionary<string, string> Sources = new()
    {
        ["Nothing"] = "[TunnelHandler] public partial class Room;",
        ["Events"] = "[TunnelHandler] public partial class Room { [TunnelRequest] void A(string id) { } [TunnelConnect] Task B(string id) => null!; [TunnelClose] ValueTask C(TunnelContext tunnel) => default; }",
        ["Messages"] = "[TunnelHandler] public partial class Room { [TunnelMessage(\"speak\")] void A(string id) { } [TunnelMessage(\"说话\")] void A(TunnelContext tunnel) { } }",
        ["Others"] = "[TunnelHandler] public partial class Room { [TunnelMessage] void Other(string id, string type, JsonElement content) { } }",
        ["MessagesAndOthers"] = "[TunnelHandler] public partial class Room { [TunnelMessage(\"a\")] static void A(string id, JsonElement content) { } [TunnelMessage] void Other(string id, string type) { } }",
        ["Extras"] = "[TunnelHandler] public partial class Room { [TunnelClose] void A(string id, [FromServices] IComparer<int> one, UserInfo user, CancellationToken token, [FromServices] IComparer<string?>? two) { } [TunnelConnect] void B(string id, UserInfo? user) { } }",
        ["Content"] = "[TunnelHandler] public partial class Room { [TunnelMessage(\"a\")] void A(string id, Guid content) { } [TunnelMessage(\"b\")] Task B(string id, Guid content) => null!; [TunnelMessage(\"c\")] static void C(string id) { } }",
        ["Nested"] = "namespace Chat.Rooms; public partial interface IOuter { internal readonly partial record struct Middle { [TunnelHandler] private sealed partial record Room { [TunnelConnect] void A(string id) { } } } }",
        ["Keywords"] = "namespace @namespace.@class; [TunnelHandler] public partial class @event { [TunnelMessage(\"a\")] void @if(string @this) { } class GeneratedDispatcher; }",
        ["Inherited"] = "public abstract class Base { [TunnelConnect] protected virtual void A(string id) { } [TunnelClose] protected static void B(string id) { } } [TunnelHandler] public partial class Room : Base { protected override void A(string id) { } }",
        ["Client"] = "namespace Chat; [TunnelHandler<IChat>] public partial class Room; [TunnelClient] public interface IChat { [TunnelMessage(\"a\")] Task<EmitResult> A(); [TunnelMessage(\"b\")] ValueTask<EmitResult> A(string? content, CancellationToken token = default); }",
        ["ClientOfClients"] = "public class Outer { [TunnelClient] internal interface IChat : IBase; [TunnelClient] internal interface IBase { [TunnelMessage(\"a\")] ValueTask<EmitResult> @event(CancellationToken token); } }",
        ["NamesThatDifferByCase"] = "[TunnelHandler] public partial class Room; [TunnelHandler] public partial class ROOM;",
    };

    private static bool IsWriting => Environment.GetEnvironmentVariable("WEAPP_WRITE_BASELINES") is { Length: > 0 };

    public static TheoryData<string> Names => [.. Sources.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void What_is_generated_is_as_it_was(string name)
    {
        var run = GeneratorRun.Of(Sources[name]);
        Assert.Empty(run.CompilerFindings());
        var generated = string.Concat(run.Files.OrderBy(static file => file.Key, StringComparer.Ordinal).Select(static file => $"==== {file.Key}\n{Scrub(file.Value)}"));
        if (IsWriting)
        {
            File.WriteAllText(PathOf(name), generated);
            Assert.Fail("The baseline was written: look at what has changed, and run again without WEAPP_WRITE_BASELINES.");
        }

        Assert.Equal(File.ReadAllText(PathOf(name)), generated);
    }

    [Fact]
    public void Every_baseline_has_its_source() => Assert.Equal(
        Sources.Keys.Order(), Directory.GetFiles(Repository.PathOf(Folder)).Select(Path.GetFileNameWithoutExtension).Order());

    private static string PathOf(string name) => Path.Combine(Repository.PathOf(Folder), name + ".txt");

    private static string Scrub(string text) => text.Replace(
        typeof(Code).Assembly.GetName().Version!.ToString(3), "(version)", StringComparison.Ordinal);
}
