using Microsoft.CodeAnalysis.CodeFixes;
using Weapp.CodeFixes;
using Weapp.Generators.Tests.Running;

namespace Weapp.Generators.Tests;

/// <summary>What each fix makes of a source, to the letter. What comes out has nothing left to find.</summary>
public sealed class CodeFixSpecs
{
    [Theory]
    [InlineData("[TunnelHandler] public class Room { }", "[TunnelHandler] public partial class Room { }")]
    [InlineData("/* a */ class Outer /* b */ { [TunnelHandler] sealed record Room { } }", "/* a */ partial class Outer /* b */ { [TunnelHandler] sealed partial record Room { } }")]
    [InlineData(
        "public interface IOuter\n{\n    // The room.\n    [TunnelHandler]\n    class Room\n    {\n    }\n}\n",
        "public partial interface IOuter\n{\n    // The room.\n    [TunnelHandler]\n    partial class Room\n    {\n    }\n}\n")]
    [InlineData(
        "class A { struct B { interface C { [TunnelHandler] class Room { } } } }",
        "partial class A { partial struct B { partial interface C { [TunnelHandler] partial class Room { } } } }")]
    [InlineData("record struct Outer { [TunnelHandler] public partial class Room { } }", "partial record struct Outer { [TunnelHandler] public partial class Room { } }")]
    public Task A_handler_and_the_types_around_it_become_partial(string before, string after) => Fixes(new PartialFixProvider(), before, after);

    [Theory]
    [InlineData("[TunnelHandler] public static partial class Room { }")]
    [InlineData("[TunnelHandler] public partial class Room<T> { }")]
    [InlineData("[TunnelHandler] public struct Room { }")]
    [InlineData("[TunnelHandler] public interface IRoom { }")]
    public Task What_partial_does_not_complete_is_left_alone(string source) => OffersNothing(new PartialFixProvider(), source);

    [Fact]
    public Task All_handlers_become_partial_at_once() => FixesAll(
        new PartialFixProvider(),
        "class Outer { [TunnelHandler] class A { } [TunnelHandler] class B { } } [TunnelHandler] class C { }",
        "partial class Outer { [TunnelHandler] partial class A { } [TunnelHandler] partial class B { } } [TunnelHandler] partial class C { }");

    [Theory]
    [InlineData(
        "public partial class Room { [TunnelConnect] void On(string id) { } }",
        "[TunnelHandler]\npublic partial class Room { [TunnelConnect] void On(string id) { } }")]
    [InlineData(
        "class Outer\r\n{\r\n    // The room.\r\n    [Obsolete]\r\n    record Room\r\n    {\r\n        [Weapp.TunnelClose] void On(string id) { }\r\n    }\r\n}\r\n",
        "partial class Outer\r\n{\r\n    // The room.\r\n    [Weapp.TunnelHandler]\r\n    [Obsolete]\r\n    partial record Room\r\n    {\r\n        [Weapp.TunnelClose] void On(string id) { }\r\n    }\r\n}\r\n")]
    [InlineData(
        "class Outer\n{\n    public interface IClient { [TunnelMessage(\"a\")] Task<EmitResult> A(); }\n}\n",
        "class Outer\n{\n    [TunnelClient]\n    public interface IClient { [TunnelMessage(\"a\")] Task<EmitResult> A(); }\n}\n")]
    public Task A_type_with_events_is_annotated(string before, string after) => Fixes(new AnnotateTypeFixProvider(), before, after);

    [Fact]
    public Task Of_a_type_in_several_parts_one_is_annotated() => FixesAll(
        new AnnotateTypeFixProvider(),
        "partial class A { }\npartial class A { [TunnelConnect] void On(string id) { } }\npartial class A { [TunnelClose] void Off(string id) { } }",
        "partial class A { }\n[TunnelHandler]\npartial class A { [TunnelConnect] void On(string id) { } }\npartial class A { [TunnelClose] void Off(string id) { } }");

    [Theory]
    [InlineData("public struct Room { [TunnelConnect] void On(string id) { } }")]
    [InlineData("public class Room<T> { [TunnelConnect] void On(string id) { } }")]
    [InlineData("public static class Room { [TunnelConnect] static void On(string id) { } }")]
    [InlineData("public interface IClient { [TunnelConnect] void On(string id); }")]
    [InlineData("public class Room { void Off() { [TunnelConnect] void On(string id) { } On(\"\"); } }")]
    [InlineData("public class Room { Action<string> On = [TunnelConnect] (id) => { }; }")]
    [InlineData("public class Room { int P { [TunnelConnect] get => 1; } }")]
    public Task A_type_that_would_still_be_wrong_is_not_annotated(string source) => OffersNothing(new AnnotateTypeFixProvider(), source);

    [Fact]
    public Task All_types_with_events_are_annotated_at_once() => FixesAll(
        new AnnotateTypeFixProvider(),
        "class A\n{\n    [TunnelConnect] void On(string id) { }\n    [TunnelClose] void Off(string id) { }\n\n    class B\n    {\n        [TunnelConnect] void On(string id) { }\n    }\n}\n",
        "[TunnelHandler]\npartial class A\n{\n    [TunnelConnect] void On(string id) { }\n    [TunnelClose] void Off(string id) { }\n\n    [TunnelHandler]\n    partial class B\n    {\n        [TunnelConnect] void On(string id) { }\n    }\n}\n");

    [Theory]
    [InlineData(
        "[TunnelHandler] partial class Room { [TunnelConnect] async void On(string id) => await Task.Yield(); }",
        "[TunnelHandler] partial class Room { [TunnelConnect] async Task On(string id) => await Task.Yield(); }")]
    [InlineData(
        "[TunnelHandler] partial class Room { class Task; [TunnelConnect] async /* a */ void /* b */ On(string id) => await System.Threading.Tasks.Task.Yield(); }",
        "[TunnelHandler] partial class Room { class Task; [TunnelConnect] async /* a */ System.Threading.Tasks.Task /* b */ On(string id) => await System.Threading.Tasks.Task.Yield(); }")]
    public Task An_async_method_returns_a_task(string before, string after) => Fixes(new AsyncVoidFixProvider(), before, after);

    [Theory]
    [InlineData("[TunnelHandler] partial class Room : Base { [TunnelConnect] protected override async void On(string id) => await Task.Yield(); } class Base { protected virtual void On(string id) { } }")]
    [InlineData("[TunnelHandler] partial class Room : IRoom { [TunnelConnect] public async void On(string id) => await Task.Yield(); } interface IRoom { void On(string id); }")]
    public Task A_method_whose_return_type_is_given_keeps_it(string source) => OffersNothing(new AsyncVoidFixProvider(), source);

    [Fact]
    public Task All_async_methods_return_tasks_at_once() => FixesAll(
        new AsyncVoidFixProvider(),
        "[TunnelHandler] partial class Room { [TunnelConnect] async void A(string id) => await Task.Yield(); [TunnelClose] async void B(string id) => await Task.Yield(); }",
        "[TunnelHandler] partial class Room { [TunnelConnect] async Task A(string id) => await Task.Yield(); [TunnelClose] async Task B(string id) => await Task.Yield(); }");

    [Theory]
    [InlineData("await tunnels.EmitAsync(id, \"speak\", 1);", "await clients.Emit(id).Speak(1);")]
    [InlineData("await tunnels.EmitAsync(id, \"speak\", 1, token); // done", "await clients.Emit(id).Speak(1, token); // done")]
    [InlineData("await tunnels.BroadcastAsync<int>([id], content: 1, messageType: \"speak\");", null)]
    [InlineData("await tunnels.BroadcastAsync<int>([id], messageType: \"speak\", content: 1);", "await clients.Broadcast([id]).Speak(1);")]
    [InlineData("await tunnels.EmitAsync(id, \"clear\");", "await clients.Emit(id).Clear();")]
    [InlineData("await tunnels.EmitAsync(id, \"clear\", token);", null)]
    [InlineData("await tunnels.EmitAsync(id, \"speak\", \"text\");", null)]
    [InlineData("await tunnels.EmitAsync(id, \"speak\");", null)]
    [InlineData("await tunnels.EmitAsync(id, /* why */ \"speak\", 1);", null)]
    [InlineData("ValueTask<EmitResult> send = tunnels.EmitAsync(id, \"clear\");", null)]
    [InlineData("ValueTask<EmitResult> send = tunnels.EmitAsync(id, \"speak\", 1);", "ValueTask<EmitResult> send = clients.Emit(id).Speak(1);")]
    public Task A_message_is_sent_by_its_interface(string before, string? after)
    {
        before = Sender("ITunnels tunnels, ITunnels<IClient> clients", before);
        return after is null
            ? OffersNothing(new TypedCallFixProvider(), before)
            : Fixes(new TypedCallFixProvider(), before, Sender("ITunnels tunnels, ITunnels<IClient> clients", after));
    }

    [Theory]
    [InlineData("ITunnels tunnels")]
    [InlineData("ITunnels tunnels, ITunnels<IOther> clients")]
    public Task Without_the_interface_at_hand_a_message_stays_untyped(string parameters) =>
        OffersNothing(new TypedCallFixProvider(), Sender(parameters, "await tunnels.EmitAsync(id, \"speak\", 1);"));

    [Fact]
    public Task All_messages_are_sent_by_their_interface_at_once()
    {
        const string Senders = "ITunnels tunnels, ITunnels<IClient> clients";
        return FixesAll(
            new TypedCallFixProvider(),
            Sender(Senders, "await tunnels.EmitAsync(id, \"speak\", 1); await tunnels.EmitAsync(id, \"clear\");"),
            Sender(Senders, "await clients.Emit(id).Speak(1); await clients.Emit(id).Clear();"));
    }

    private static string Sender(string parameters, string body) => $$"""
        public class Sender({{parameters}})
        {
            public async Task Send(string id, CancellationToken token)
            {
                {{body}}
            }
        }

        [TunnelClient] public interface IClient
        {
            [TunnelMessage("speak")] ValueTask<EmitResult> Speak(int content, CancellationToken token = default);
            [TunnelMessage("clear")] Task<EmitResult> Clear();
        }

        [TunnelClient] public interface IOther { [TunnelMessage("other")] Task<EmitResult> Other(int content); }
        """;

    private static async Task Fixes(CodeFixProvider fix, string before, string after)
    {
        Assert.Equal(after, await (await FixRun.Of(fix, before)).Last());
        Assert.Empty(await Findings.Of(after));
    }

    private static async Task FixesAll(CodeFixProvider fix, string before, string after)
    {
        Assert.Equal(after, await (await FixRun.Of(fix, before)).All());
        Assert.Empty(await Findings.Of(after));
    }

    private static async Task OffersNothing(CodeFixProvider fix, string source) => Assert.Null(await (await FixRun.Of(fix, source)).Last());
}
