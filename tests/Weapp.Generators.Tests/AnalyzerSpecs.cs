using Weapp.Generators.Tests.Running;

namespace Weapp.Generators.Tests;

/// <summary>What is refused, next to what is right: source, id, squiggled text.</summary>
public sealed class AnalyzerSpecs
{
    [Theory]
    [InlineData("[TunnelHandler] public partial class Room { }")]
    [InlineData("[TunnelHandler] public class Room { }", "WEAPP001: Room")]
    [InlineData("[TunnelHandler] public static partial class Room { }", "WEAPP001: Room")]
    [InlineData("[TunnelHandler] public abstract partial class Room { }", "WEAPP001: Room")]
    [InlineData("[TunnelHandler] public partial class Room<T> { [TunnelMessage(\"a\")] void On(string id, T content) { } }", "WEAPP001: Room")]
    [InlineData("[TunnelHandler] file partial class Room { }", "WEAPP001: Room")]
    [InlineData("public partial class Outer { [TunnelHandler] public partial class Room { } }")]
    [InlineData("public class Outer { [TunnelHandler] public partial class Room { } }", "WEAPP001: Outer")]
    [InlineData("public partial class Outer<T> { [TunnelHandler] public partial class Room { } }", "WEAPP001: Room")]
    [InlineData("[TunnelHandler] public partial struct Room { }", "WEAPP001: Room")]
    [InlineData("[TunnelHandler] public readonly record struct Room;", "WEAPP001: Room")]
    [InlineData("[TunnelHandler] public interface IRoom { }", "WEAPP001: IRoom")]
    [InlineData("[TunnelHandler] public partial record Room;")]
    [InlineData("public class Outer { public struct Inner { [TunnelHandler] public class Room { } } }", "WEAPP001: Outer", "WEAPP001: Inner", "WEAPP001: Room")]
    public async Task A_handler_is_a_class_that_can_be_completed(string source, params string[] findings) =>
        Assert.Equal(findings, await Findings.Of(source));

    [Theory]
    [InlineData("[TunnelMessage(\"a\")] void A(string id) { } [TunnelMessage(\"A\")] void B(string id) { }")]
    [InlineData("[TunnelMessage(\"a\")] void A(string id) { } [TunnelMessage(\"a\")] void B(string id) { }", "WEAPP002: TunnelMessage(\"a\")")]
    [InlineData("[TunnelMessage] void A(string id, string type) { } [TunnelMessage] void B(string id, string type) { }", "WEAPP002: TunnelMessage")]
    [InlineData("[TunnelConnect] void A(string id) { } [TunnelClose, TunnelConnect] void B(string id) { }", "WEAPP002: TunnelConnect")]
    public async Task An_event_has_one_method(string members, params string[] findings) => Assert.Equal(findings, await OfHandler(members));

    [Theory]
    [InlineData("[TunnelConnect] void On() { }", "WEAPP003: On")]
    [InlineData("[TunnelConnect] void On(int id) { }", "WEAPP003: int id")]
    [InlineData("[TunnelConnect] void On(UserInfo user) { }", "WEAPP003: UserInfo user")]
    [InlineData("[TunnelConnect] void On(string id, string b) { }", "WEAPP003: string b")]
    [InlineData("[TunnelConnect] void On(string id, in CancellationToken token) { }", "WEAPP003: in CancellationToken token")]
    [InlineData("[TunnelConnect] void On(string id, CancellationToken token) { }")]
    [InlineData("[TunnelConnect] void On(string id, CancellationToken a, CancellationToken b) { }", "WEAPP003: CancellationToken b")]
    [InlineData("[TunnelConnect] void On(string id, UserInfo a, UserInfo? b) { }", "WEAPP003: UserInfo? b")]
    [InlineData("[TunnelConnect] void On(string id, TunnelContext tunnel) { }", "WEAPP003: TunnelContext tunnel")]
    [InlineData("[TunnelConnect] void On(TunnelContext tunnel) { }")]
    [InlineData("[TunnelConnect] void On<T>(string id) { }", "WEAPP003: On")]
    [InlineData("[TunnelConnect, Obsolete(\"Old.\")] void On(string id) { }")]
    [InlineData("[TunnelConnect, Obsolete(\"Gone.\", true)] void On(string id) { }", "WEAPP003: On")]
    [InlineData("[TunnelConnect, System.Diagnostics.CodeAnalysis.Experimental(\"X1\")] void On(string id) { }", "WEAPP003: On")]
    [InlineData("[TunnelMessage(\"a\")] void On<T>(string id, T content) { }", "WEAPP003: On", "WEAPP006: T content")]
    [InlineData("[TunnelConnect] int On(string id) => 1;", "WEAPP003: int")]
    [InlineData("[TunnelConnect] Task<int> On(string id) => null!;", "WEAPP003: Task<int>")]
    [InlineData("[TunnelMessage(\"a\")] void On(string id, int n, int m, UserInfo user) { }", "WEAPP003: int m")]
    [InlineData("[TunnelMessage(\"a\")] void On(string id, UserInfo user, int n) { }", "WEAPP003: int n")]
    [InlineData("[TunnelMessage(\"a\")] void On(string id, [FromServices] IServiceProvider services) { }")]
    [InlineData("[TunnelMessage] void On(string id) { }", "WEAPP003: string id")]
    [InlineData("[TunnelMessage] void On(string id, JsonElement json) { }", "WEAPP003: JsonElement json")]
    [InlineData("[TunnelMessage] void On(string id, string type, int n) { }", "WEAPP003: int n")]
    [InlineData("[TunnelMessage] void On(string id, string type, JsonElement json) { }")]
    [InlineData("[TunnelClose] int On(string id, int n) => 1;", "WEAPP003: int", "WEAPP003: int n")]
    [InlineData("[TunnelConnect] ref int On(string id) => throw null!;", "WEAPP003: ref int")]
    [InlineData("[TunnelConnect] void On(ref string id) { }", "WEAPP003: ref string id")]
    [InlineData("[TunnelConnect] void On(string id, ref readonly CancellationToken token) { }", "WEAPP003: ref readonly CancellationToken token")]
    [InlineData("int P { [TunnelConnect] get => 1; }", "WEAPP003: get")]
    public async Task A_handler_method_takes_and_returns_what_events_can_serve(string members, params string[] findings) =>
        Assert.Equal(findings, await OfHandler(members));

    [Theory]
    [InlineData("speak")]
    [InlineData("Close")]
    [InlineData("connect", "WEAPP004: TunnelMessage(\"connect\")")]
    [InlineData("close", "WEAPP004: TunnelMessage(\"close\")")]
    [InlineData("reconnecting", "WEAPP004: TunnelMessage(\"reconnecting\")")]
    [InlineData("reconnect", "WEAPP004: TunnelMessage(\"reconnect\")")]
    [InlineData("error", "WEAPP004: TunnelMessage(\"error\")")]
    public async Task A_message_is_not_one_of_the_phones_events(string type, params string[] findings)
    {
        Assert.Equal(findings, await Findings.Of($"[TunnelClient] public interface IClient {{ [TunnelMessage(\"{type}\")] Task<EmitResult> A(); }}"));
        Assert.Empty(await OfHandler($"[TunnelMessage(\"{type}\")] void On(string id) {{ }}"));
    }

    [Theory]
    [InlineData("tunnels.EmitAsync(id, \"failed\")")]
    [InlineData("tunnels.EmitAsync(id, \"error\")", "WEAPP004: \"error\"")]
    [InlineData("tunnels.BroadcastAsync([id], messageType: Types.Error, content: 1)", "WEAPP004: Types.Error")]
    [InlineData("tunnels.EmitAsync(id, \"sp\" + \"eak\")", "WEAPP011: \"sp\" + \"eak\"")]
    [InlineData("tunnels.EmitAsync(id, \"speak\", 1)", "WEAPP011: \"speak\"")]
    [InlineData("tunnels.BroadcastAsync(content: 1, tunnelIds: [id], messageType: nameof(speak))", "WEAPP011: nameof(speak)")]
    [InlineData("tunnels.EmitAsync(id, \"inherited\", 1)", "WEAPP011: \"inherited\"")]
    [InlineData("tunnels.EmitAsync(id, \"close\", 1)", "WEAPP011: \"close\"")]
    [InlineData("tunnels.EmitAsync(id, \"Speak\", 1)")]
    [InlineData("tunnels.EmitAsync(id, \"broken\", 1)")]
    [InlineData("tunnels.EmitAsync(id, id, 1)")]
    [InlineData("Types.EmitAsync(id, \"speak\")")]
    public async Task What_a_client_declares_is_not_sent_untyped(string call, params string[] findings) => Assert.Equal(findings, await Findings.Of($$"""
        public class Sender(ITunnels tunnels, string speak) { ValueTask<EmitResult> Send(string id) { _ = speak; _ = tunnels; return {{call}}; } }
        public static class Types
        {
            public const string Error = "error";
            public static ValueTask<EmitResult> EmitAsync(string id, string messageType) => default;
        }
        namespace Deep
        {
            public partial class Outer { [TunnelClient] internal interface IClient : IBase { [TunnelMessage("speak")] Task<EmitResult> Speak(int content); } }
            [TunnelClient] public interface IBase
            {
                [TunnelMessage("inherited")] Task<EmitResult> Inherited(int content);
        #pragma warning disable WEAPP004
                [TunnelMessage("close")] Task<EmitResult> Close(int content);
        #pragma warning restore WEAPP004
            }
        #pragma warning disable WEAPP009
            [TunnelClient] public interface IBroken { [TunnelMessage("broken")] Task Broken(int content); }
        }
        """));

    [Theory]
    [InlineData("public class Plain { [TunnelConnect] void On(string id) { } }", "WEAPP005: TunnelConnect")]
    [InlineData("public class Plain { [TunnelMessage(\"a\")] void On(string id) { } }", "WEAPP005: TunnelMessage(\"a\")")]
    [InlineData("public struct Plain { [TunnelClose] void On(string id) { } }", "WEAPP005: TunnelClose")]
    [InlineData("public interface IPlain { [TunnelMessage(\"a\")] Task<EmitResult> On(); }", "WEAPP005: TunnelMessage(\"a\")")]
    [InlineData("[TunnelClient] public interface IClient { [TunnelMessage(\"a\")] Task<EmitResult> On(); }")]
    [InlineData("public abstract class Base { [TunnelConnect] protected void On(string id) { } }")]
    [InlineData("public abstract class Base { [TunnelConnect] protected void On(int id) { } }", "WEAPP003: int id")]
    [InlineData("public abstract class Base<T> { [TunnelMessage(\"a\")] protected void On(string id, T content) { } }")]
    [InlineData("[TunnelHandler] public partial class Room { void Off() { [TunnelConnect] void On(string id) { } On(\"\"); } }", "WEAPP005: TunnelConnect")]
    [InlineData("public class Plain { Action<string> Off = [TunnelClose] (string id) => { }; }", "WEAPP005: TunnelClose")]
    public async Task Event_attributes_belong_into_handlers_and_clients(string source, params string[] findings) =>
        Assert.Equal(findings, await Findings.Of(source));

    [Theory]
    [InlineData("IDisposable content", "WEAPP006: IDisposable content")]
    [InlineData("System.IO.Stream content", "WEAPP006: System.IO.Stream content")]
    [InlineData("Shape? content", "WEAPP006: Shape? content")]
    [InlineData("Known content")]
    [InlineData("IReadOnlyList<int> content")]
    [InlineData("System.Text.Json.Nodes.JsonNode? content")]
    [InlineData("Action content", "WEAPP006: Action content")]
    [InlineData("Span<int> content", "WEAPP006: Span<int> content")]
    [InlineData("dynamic content", "WEAPP006: dynamic content")]
    [InlineData("object content")]
    [InlineData("JsonDocument content", "WEAPP006: JsonDocument content")]
    [InlineData("JsonElement content")]
    [InlineData("List<JsonDocument?> content", "WEAPP006: List<JsonDocument?> content")]
    [InlineData("(int A, string? B) content", "WEAPP006: (int A, string? B) content")]
    [InlineData("(int A, string? B)? content", "WEAPP006: (int A, string? B)? content")]
    [InlineData("(int A, string? B)[] content", "WEAPP006: (int A, string? B)[] content")]
    [InlineData("ValueTuple<int, int> content", "WEAPP006: ValueTuple<int, int> content")]
    [InlineData("Dictionary<string, List<(int, int)>> content", "WEAPP006: Dictionary<string, List<(int, int)>> content")]
    [InlineData("Tuple<int, int> content")]
    [InlineData("Shape[] content", "WEAPP006: Shape[] content")]
    [InlineData("Known[] content")]
    [InlineData("IReadOnlyList<IDisposable> content", "WEAPP006: IReadOnlyList<IDisposable> content")]
    [InlineData("int*[] content", "WEAPP006: int*[] content")]
    [InlineData("int[][] content")]
    [InlineData("int[,] content", "WEAPP006: int[,] content")]
    [InlineData("List<int[,]> content", "WEAPP006: List<int[,]> content")]
    [InlineData("Box<Action> content")]
    public async Task A_content_can_be_read(string content, params string[] findings) => Assert.Equal(findings, await Findings.Of($$"""
        [TunnelHandler] public unsafe partial class Room { [TunnelMessage("a")] void On(string id, {{content}}) { } }
        public sealed class Box<T>;
        public abstract record Shape;
        [System.Text.Json.Serialization.JsonDerivedType(typeof(Round), "round")] public abstract record Known;
        public sealed record Round : Known;
        """));

    [Theory]
    [InlineData("[TunnelConnect] async Task On(string id) => await Task.Yield();")]
    [InlineData("[TunnelConnect] async void On(string id) => await Task.Yield();", "WEAPP007: void")]
    public async Task A_handler_method_is_not_async_void(string members, params string[] findings) => Assert.Equal(findings, await OfHandler(members));

    [Theory]
    [InlineData("[TunnelMessage(\"a\")] ValueTask<EmitResult> A(int content, CancellationToken token = default);")]
    [InlineData("[TunnelMessage(\"a\")] Task<EmitResult> A(CancellationToken token);")]
    [InlineData("[TunnelMessage(\"a\")] Task<EmitResult> A(IDisposable content);")]
    [InlineData("[TunnelMessage(\"a\")] Task<EmitResult> A(Action content);", "WEAPP006: Action content")]
    [InlineData("[TunnelMessage(\"a\")] Task<EmitResult> A((int, int)[] content);", "WEAPP006: (int, int)[] content")]
    [InlineData("[TunnelMessage(\"a\")] Task<EmitResult> A(JsonDocument content);")]
    [InlineData("[TunnelMessage(\"a\")] Task A(int content);", "WEAPP009: Task")]
    [InlineData("[TunnelMessage(\"a\")] void A(int content);", "WEAPP009: void")]
    [InlineData("[TunnelMessage(\"a\")] Task<EmitResult> A(int a, int b);", "WEAPP009: int b")]
    [InlineData("[TunnelMessage(\"a\")] Task<EmitResult> A(CancellationToken token, int b);", "WEAPP009: int b")]
    [InlineData("[TunnelMessage(\"a\")] Task<EmitResult> A(in int a);", "WEAPP009: in int a")]
    [InlineData("[TunnelMessage(\"a\")] Task<EmitResult> A<T>(T a);", "WEAPP009: A")]
    [InlineData("[TunnelMessage] Task<EmitResult> A(int a);", "WEAPP009: A")]
    [InlineData("Task<EmitResult> A(int a);", "WEAPP009: A")]
    [InlineData("Task<EmitResult> A(int a) => B(); [TunnelMessage(\"b\")] Task<EmitResult> B();")]
    [InlineData("int A { get; }", "WEAPP009: A")]
    [InlineData("event Action A;", "WEAPP009: A")]
    [InlineData("[TunnelMessage(\"a\")] Task<EmitResult> A(); [TunnelMessage(\"a\")] Task<EmitResult> B();", "WEAPP002: TunnelMessage(\"a\")")]
    [InlineData("[TunnelConnect] void A(string id);", "WEAPP005: TunnelConnect", "WEAPP009: A")]
    public async Task A_client_interface_has_methods_that_send(string members, params string[] findings) =>
        Assert.Equal(findings, await Findings.Of(
            "[TunnelClient] public interface IClient { " + members + " } [TunnelHandler<IClient>] public partial class Room { }"));

    [Theory]
    [InlineData("[TunnelClient] public interface IClient<T> { }", "WEAPP009: IClient")]
    [InlineData("public partial class Outer { [TunnelClient] private interface IClient { } }", "WEAPP009: IClient")]
    [InlineData("[TunnelClient] file interface IClient { }", "WEAPP009: IClient")]
    [InlineData("[TunnelClient] public abstract class Client { }", "WEAPP009: Client")]
    [InlineData("[TunnelClient] public interface IClient { static abstract void A(); }", "WEAPP009: A")]
    [InlineData("[TunnelClient] public interface IClient : IDisposable { }", "WEAPP009: IClient")]
    [InlineData("[TunnelHandler<IDisposable>] public partial class Room { }", "WEAPP009: TunnelHandler<IDisposable>")]
    public async Task A_client_interface_can_be_implemented(string source, params string[] findings) => Assert.Equal(findings, await Findings.Of(source));

    [Theory]
    [InlineData("\"a\"")]
    [InlineData("\"说话\"")]
    [InlineData("\"😀\"")]
    [InlineData("\"\"", "WEAPP010: TunnelMessage(\"\")")]
    [InlineData("null!", "WEAPP010: TunnelMessage(null!)")]
    [InlineData("\"a b\"", "WEAPP010: TunnelMessage(\"a b\")")]
    [InlineData("\"a\\u0007\"", "WEAPP010: TunnelMessage(\"a\\u0007\")")]
    [InlineData("\"\\ud83d\"", "WEAPP010: TunnelMessage(\"\\ud83d\")")]
    public async Task A_message_type_is_a_plain_name(string type, params string[] findings)
    {
        Assert.Equal(findings, await OfHandler($"[TunnelMessage({type})] void On(string id) {{ }}"));
        Assert.Equal(findings, await Findings.Of($"[TunnelClient] public interface IClient {{ [TunnelMessage({type})] Task<EmitResult> A(); }}"));
    }

    [Theory]
    [InlineData(128)]
    [InlineData(129, "WEAPP010")]
    public async Task A_message_type_is_not_longer_than_128_characters(int length, params string[] ids) => Assert.Equal(
        ids, (await OfHandler($"[TunnelMessage(\"{new string('a', length)}\")] void On(string id) {{ }}")).Select(static finding => finding[..8]));

    [Theory]
    [InlineData(
        "[TunnelHandler] public class Room { }",
        "The tunnel handler 'Room' cannot be completed: add 'partial' to its declaration")]
    [InlineData(
        "[TunnelHandler] public partial struct Room { }",
        "The tunnel handler 'Room' cannot be completed: make it a class, since a container makes one object of it")]
    [InlineData(
        "[TunnelHandler] public partial class Room { [TunnelMessage(\"a\")] void A(string id, JsonDocument content) { } }",
        "The content type 'JsonDocument' of 'A' cannot travel as JSON: use System.Text.Json.JsonElement: a document borrows memory, which nobody would give back")]
    [InlineData(
        "[TunnelHandler] public partial class Room { [TunnelMessage(\"a\")] void A(string id, (int X, int Y)[] content) { } }",
        "The content type '(int X, int Y)[]' of 'A' cannot travel as JSON: use a record instead of a tuple, whose elements are fields, which JSON does not see")]
    [InlineData(
        "[TunnelHandler] public partial class Room { [TunnelMessage(\"a\")] void A(string id, List<IDisposable> content) { } }",
        "The content type 'List<IDisposable>' of 'A' cannot travel as JSON: use a concrete type, or say how the interface 'IDisposable' is read with [JsonDerivedType] or [JsonConverter]; a service is marked with [FromServices]")]
    [InlineData(
        "[TunnelHandler] public partial class Room { [TunnelMessage(\"a\")] void A(string id) { } [TunnelMessage(\"a\")] void B(string id) { } }",
        "The message type 'a' already has the method 'A': merge the two, or give this one a message type of its own")]
    [InlineData(
        "[TunnelHandler] public partial class Room { [TunnelConnect] void A(string id, int n) { } }",
        "The parameter 'n' of 'A' is not supported: after the tunnel a [TunnelConnect] method takes UserInfo, CancellationToken and [FromServices] parameters")]
    [InlineData(
        "public class Plain { [TunnelConnect] void On(string id) { } }",
        "[TunnelConnect] has no effect on 'On': put [TunnelHandler] on the class 'Plain', or make it abstract if handlers inherit from it")]
    [InlineData(
        "[TunnelClient] public interface IClient { [TunnelMessage(\"a\")] Task A(); }",
        "'A' cannot be implemented: return ValueTask<EmitResult> or Task<EmitResult>")]
    [InlineData(
        "[TunnelClient] public interface IClient { [TunnelMessage(\"error\")] Task<EmitResult> A(); }",
        "The phone has an event 'error' of its own and sees this message as '@error': choose another message type")]
    [InlineData(
        "[TunnelClient] public interface IClient { [TunnelMessage(\"a\")] Task<EmitResult> A(); } class Room(ITunnels t) { void On() => t.EmitAsync(\"1\", \"a\"); }",
        "The message type 'a' has a typed method: call 'IClient.A' through ITunnels<IClient>")]
    public async Task A_message_says_what_to_do(string source, string message) => Assert.Equal(message, await Findings.MessageOf(source));

    [Fact]
    public async Task An_inherited_method_out_of_reach_is_said_at_the_handler() => Assert.Equal(
        ["WEAPP003: Room"],
        await Findings.Of("public abstract class Base { [TunnelConnect] private void On(string id) { } } [TunnelHandler] public partial class Room : Base { }"));

    [Theory]
    [InlineData("void On(string id) { }", "int N;")]
    [InlineData("void On(string id) { }", "void On() { } void On(int id) { } void On(string id, int n) { } void On(params int[] all) { }")]
    [InlineData("void On(string id) { }", "new void On(string id) { }", "WEAPP003: Room")]
    [InlineData("void On(string id) { }", "void On(string id, int n = 0) { }", "WEAPP003: Room")]
    [InlineData("void On(string id) { }", "void On(params object[] all) { }", "WEAPP003: Room")]
    [InlineData("void On(string id) { }", "new int On;", "WEAPP003: Room")]
    [InlineData("void On(string id, CancellationToken token) { }", "void On(object id, object token) { }", "WEAPP003: Room")]
    [InlineData("void On(string id, CancellationToken token) { }", "void On<T>(string id, T token) { }", "WEAPP003: Room")]
    [InlineData("void On(string id, CancellationToken token) { }", "[TunnelMessage(\"a\")] void On(string id, int n) { }")]
    public async Task An_inherited_method_that_a_call_would_not_reach_is_said_at_the_handler(string method, string members, params string[] findings) => Assert.Equal(
        findings,
        await Findings.Of($"public abstract class Base {{ [TunnelConnect] protected {method} }} [TunnelHandler] public partial class Room : Base {{ {members} }}"));

    [Fact]
    public async Task An_explicit_implementation_cannot_be_called() => Assert.Equal(
        ["WEAPP003: On"],
        await Findings.Of("public interface IRoom { void On(string id); } [TunnelHandler] public partial class Room : IRoom { [TunnelConnect] void IRoom.On(string id) { } }"));

    private static Task<string[]> OfHandler(string members) => Findings.Of("[TunnelHandler] public partial class Room { " + members + " }");
}
