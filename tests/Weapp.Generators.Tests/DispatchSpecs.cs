using Weapp.Generators.Tests.Running;

namespace Weapp.Generators.Tests;

/// <summary>
/// What handlers see of events: snippet, event, what was seen. One suite for the generated dispatcher; for the one that works by reflection,
/// which says in a page what the other must do; and for an app, from a signed <c>POST</c> on.
/// </summary>
public abstract class DispatchSpecs
{
    private const string Word = "public sealed record Word(string Text);";
    private static readonly UserInfo User = new() { OpenId = "o1", NickName = "三木" };

    private protected abstract Room Load(params string[] sources);

    private Room With(string members, params string[] others) => Load(["[TunnelHandler] public partial class Room { " + members + " }", .. others]);

    [Theory]
    [InlineData("[TunnelRequest] void On(string tunnelId) => See(tunnelId);", TunnelEventKind.Request, "t1")]
    [InlineData("[TunnelConnect] Task On(string tunnelId) { See(tunnelId); return Task.CompletedTask; }", TunnelEventKind.Connect, "t1")]
    [InlineData("[TunnelClose] async ValueTask On(string tunnelId) { await Task.Yield(); See(tunnelId); }", TunnelEventKind.Close, "t1")]
    [InlineData("[TunnelClose] static void On(string tunnelId) => See(tunnelId);", TunnelEventKind.Close, "t1")]
    [InlineData("[TunnelClose] internal void On(TunnelContext tunnel) => See(tunnel.TunnelId, tunnel.Kind, tunnel.User?.OpenId, tunnel.MessageType);", TunnelEventKind.Close, "t1 Close o1 null")]
    [InlineData("[TunnelRequest] void On(string tunnelId, UserInfo user) => See(user.NickName);", TunnelEventKind.Request, "三木")]
    [InlineData("[TunnelClose] void On(string tunnelId, CancellationToken token, UserInfo? user) => See(token.CanBeCanceled, user!.OpenId);", TunnelEventKind.Close, "True o1")]
    [InlineData("[TunnelConnect, TunnelClose] void On(TunnelContext tunnel) => See(tunnel.Kind);", TunnelEventKind.Connect, "Connect")]
    [InlineData("[TunnelConnect] void @event(string @class) => See(@class);", TunnelEventKind.Connect, "t1")]
    [InlineData("[TunnelRequest] private static ValueTask On(string tunnelId, UserInfo user, [FromServices] Weapp.Generators.Tests.Running.Greeting greeting, CancellationToken token) { See(user.OpenId, greeting.Text, token.CanBeCanceled); return default; }", TunnelEventKind.Request, "o1 hello True")]
    [InlineData("[TunnelConnect] protected async Task On(TunnelContext tunnel, CancellationToken token, [FromServices] Weapp.Generators.Tests.Running.Greeting greeting, UserInfo user) { await Task.Yield(); See(tunnel.Kind, user.OpenId, greeting.Text, token.CanBeCanceled); }", TunnelEventKind.Connect, "Connect o1 hello True")]
    [InlineData("[TunnelClose] public static async Task On(string tunnelId, [FromServices] Weapp.Generators.Tests.Running.Greeting? greeting, [FromServices] IComparer<int>? absent) { await Task.Yield(); See(greeting!.Text, absent); }", TunnelEventKind.Close, "hello null")]
    [InlineData("[TunnelClose] static Task On(TunnelContext tunnel, UserInfo? user) { See(user!.OpenId); return Task.CompletedTask; }", TunnelEventKind.Close, "o1")]
    [InlineData("[TunnelConnect] void On(string tunnelId) => See(tunnelId);", TunnelEventKind.Close, "Unhandled")]
    [InlineData("[TunnelConnect] void On(string tunnelId) => See(tunnelId);", TunnelEventKind.Message, "Unhandled")]
    public async Task An_event_reaches_its_method(string method, TunnelEventKind kind, string seen) =>
        Assert.Equal(seen, await With(method).Feed(kind, User));

    [Theory]
    [InlineData("[TunnelMessage(\"a\")] void On(string tunnelId) => See(tunnelId);", """{"type":"a","content":{"x":1}}""", "t1")]
    [InlineData("[TunnelMessage(\"a\")] Task On(string tunnelId, Word word) { See(word.Text); return Task.CompletedTask; }", """{"type":"a","content":{"text":"hi"}}""", "hi")]
    [InlineData("[TunnelMessage(\"a\")] void On(string tunnelId, Word word) => See(word);", """{"type":"a","content":{"text":1}}""", "BadContent $.text")]
    [InlineData("[TunnelMessage(\"a\")] void On(string tunnelId, Word word) => See(word);", """{"type":"a","content":null}""", "BadContent $")]
    [InlineData("[TunnelMessage(\"a\")] void On(string tunnelId, Word word) => See(word);", """{"type":"a"}""", "BadContent $")]
    [InlineData("[TunnelMessage(\"a\")] void On(string tunnelId, Word? word) => See(word);", """{"type":"a"}""", "null")]
    [InlineData("[TunnelMessage(\"a\")] void On(string tunnelId, Word? word) => See(word);", """{"type":"a","content":null}""", "null")]
    [InlineData("[TunnelMessage(\"a\")] void On(string tunnelId, Word? word) => See(word);", """{"type":"a","content":7}""", "BadContent $")]
    [InlineData("[TunnelMessage(\"a\")] void On(string tunnelId, Word? word) => See(word!.Text);", """{"type":"a","content":{"text":"hi"}}""", "hi")]
    [InlineData("[TunnelMessage(\"a\")] static ValueTask On(TunnelContext tunnel, Word word) { See(tunnel.MessageType, word.Text); return default; }", """{"type":"a","content":{"text":"hi"}}""", "a hi")]
    [InlineData("[TunnelMessage(\"a\")] async Task On(string tunnelId, Word word, CancellationToken token) { await Task.Yield(); See(word.Text, token.CanBeCanceled); }", """{"type":"a","content":{"text":"hi"}}""", "hi True")]
    [InlineData("[TunnelMessage(\"a\")] void On(string tunnelId, UserInfo? user, CancellationToken token) => See(user, token.CanBeCanceled);", """{"type":"a"}""", "null True")]
    [InlineData("[TunnelMessage(\"a\")] void On(string tunnelId, [FromServices] Weapp.Generators.Tests.Running.Greeting greeting) => See(greeting.Text);", """{"type":"a"}""", "hello")]
    [InlineData("[TunnelMessage(\"a\")] void On(TunnelContext tunnel, params int[] all) => See(tunnel.MessageType, all.Length);", """{"type":"a","content":[1,2]}""", "a 2")]
    [InlineData("[TunnelMessage(\"a\")] void On(string tunnelId, int n) => See(n);", """{"type":"a","content":0}""", "0")]
    [InlineData("[TunnelMessage(\"a\")] void On(string tunnelId, int n) => See(n);", """{"type":"a","content":null}""", "BadContent $")]
    [InlineData("[TunnelMessage(\"a\")] void On(string tunnelId, int n) => See(n);", """{"type":"a"}""", "BadContent $")]
    [InlineData("[TunnelMessage(\"a\")] void On(string tunnelId, int? n) => See(n);", """{"type":"a","content":null}""", "null")]
    [InlineData("[TunnelMessage(\"a\")] void On(string tunnelId, int? n) => See(n);", """{"type":"a"}""", "null")]
    [InlineData("[TunnelMessage(\"a\")] void On(string tunnelId, int? n) => See(n);", """{"type":"a","content":7}""", "7")]
    [InlineData("[TunnelMessage(\"a\")] void On(string tunnelId, string text) => See(text);", """{"type":"a","content":"hi"}""", "hi")]
    [InlineData("[TunnelMessage(\"a\")] void On(string tunnelId, List<string?> texts) => See(texts[1], texts.Count);", """{"type":"a","content":["x",null]}""", "null 2")]
    [InlineData("[TunnelMessage(\"a\")] void On(string tunnelId, IReadOnlyDictionary<string, int> all) => See(all[\"x\"]);", """{"type":"a","content":{"x":3}}""", "3")]
    [InlineData("[TunnelMessage(\"a\")] void On(string tunnelId, JsonElement json) => See(json.ValueKind, json);", """{"type":"a","content":[1]}""", "Array [1]")]
    [InlineData("[TunnelMessage(\"a\")] void On(string tunnelId, JsonElement json) => See(json.ValueKind);", """{"type":"a"}""", "Undefined")]
    [InlineData("[TunnelMessage(\"a\")] void On(string tunnelId, JsonElement? json) => See(json);", """{"type":"a"}""", "null")]
    [InlineData("[TunnelMessage(\"a\")] void On(string tunnelId, JsonElement? json) => See(json);", """{"type":"a","content":[1]}""", "[1]")]
    [InlineData("[TunnelMessage(\"a\")] void On(string tunnelId, UserInfo user) => See(user);", """{"type":"a"}""", "NoUser")]
    [InlineData("[TunnelMessage(\"a\")] void On(string tunnelId, UserInfo? user) => See(user);", """{"type":"a"}""", "null")]
    [InlineData("[TunnelMessage(\"a\")] void On(TunnelContext tunnel) => See(tunnel.MessageType);", """{"type":"a"}""", "a")]
    [InlineData("[TunnelMessage(\"UnknownRaw\")] void On(string tunnelId, string text) => See(text);", "plain \"text\"", "plain \"text\"")]
    [InlineData("[TunnelMessage(\"说话\")] void On(string tunnelId, int n) => See(n);", """{"type":"说话","content":7}""", "7")]
    [InlineData("[TunnelMessage(\"a\\\"\\\\b\")] void On(string tunnelId, int n) => See(n);", """{"type":"a\"\\b","content":7}""", "7")]
    [InlineData("[TunnelMessage(\"a\")] void On(string tunnelId, int n) => See(n);", """{"type":"A","content":7}""", "Unhandled")]
    [InlineData("[TunnelMessage(\"a\")] void On(string tunnelId, int n) => See(n);", """{"type":"b","content":7}""", "Unhandled")]
    [InlineData("[TunnelMessage] void On(string tunnelId, string type, JsonElement json) => See(tunnelId, type, json);", """{"type":"b","content":7}""", "t1 b 7")]
    [InlineData("[TunnelMessage] void On(string tunnelId, string type) => See(type);", "text", "UnknownRaw")]
    [InlineData("[TunnelMessage] void On(TunnelContext tunnel, string type, JsonElement json, UserInfo? user) => See(type, user);", "text", "UnknownRaw null")]
    public async Task A_message_reaches_its_method(string method, string message, string seen) =>
        Assert.Equal(seen, await With(method, Word).Message(message));

    [Fact]
    public async Task Each_message_type_reaches_its_own_method_and_the_rest_the_method_for_all_others()
    {
        var room = With("""
            [TunnelMessage("speak")] void A(string tunnelId, Word word) => See("A", word.Text);
            [TunnelMessage("sleep")] void B(string tunnelId, Word word) => See("B", word.Text);
            [TunnelMessage("speaker")] void A(string tunnelId, int n) => See("A2", n);
            [TunnelMessage] void C(string tunnelId, string type) => See("C", type);
            """, Word);

        Assert.Equal("A x", await room.Message("""{"type":"speak","content":{"text":"x"}}"""));
        Assert.Equal("B x", await room.Message("""{"type":"sleep","content":{"text":"x"}}"""));
        Assert.Equal("A2 5", await room.Message("""{"type":"speaker","content":5}"""));
        Assert.Equal("C spear", await room.Message("""{"type":"spear","content":5}"""));
    }

    [Fact]
    public async Task Users_tokens_and_services_come_in_any_order_after_the_content()
    {
        var room = With("""
            [TunnelMessage("a")]
            void On(TunnelContext tunnel, int n, [FromServices] Weapp.Generators.Tests.Running.Greeting greeting, CancellationToken token, UserInfo user,
                [FromServices] IComparer<int>? absent) =>
                See(tunnel.TunnelId, n, greeting.Text, token.CanBeCanceled, user.OpenId, absent);
            """);

        Assert.Equal("t1 7 hello True o1 null", await room.Message("""{"type":"a","content":7}""", User));
        Assert.Equal("NoUser", await room.Message("""{"type":"a","content":7}"""));
    }

    [Fact]
    public async Task Inherited_methods_are_called_and_an_overriding_annotation_wins()
    {
        var room = Load("""
            public abstract class Base
            {
                [TunnelConnect] protected void OnConnect(string tunnelId) => See("base", tunnelId);
                [TunnelMessage("a")] public virtual void OnA(string tunnelId) => See("base a");
                [TunnelMessage("b")] public abstract void OnB(string tunnelId);
                [TunnelMessage("c")] public virtual void OnC(string tunnelId) => See("base c");
            }

            [TunnelHandler]
            public partial class Room : Base
            {
                public override void OnA(string tunnelId) => See("a");
                public override void OnB(string tunnelId) => See("b");
                [TunnelMessage("d")] public override void OnC(string tunnelId) => See("d");
            }
            """);

        Assert.Equal("base t1", await room.Feed(TunnelEventKind.Connect));
        Assert.Equal("a", await room.Message("""{"type":"a"}"""));
        Assert.Equal("b", await room.Message("""{"type":"b"}"""));
        Assert.Equal("Unhandled", await room.Message("""{"type":"c"}"""));
        Assert.Equal("d", await room.Message("""{"type":"d"}"""));
    }

    [Fact]
    public async Task What_a_generic_base_leaves_open_is_read_as_the_handler_closes_it()
    {
        var room = Load("""
            public abstract class Base<T> { [TunnelMessage("a")] protected void OnA(string id, T content) => See(content); [TunnelMessage("b")] protected void OnB(string id, List<T>? content) => See(content?.Count); }
            public abstract class Middle : Base<Word>;
            [TunnelHandler] public partial class Room : Middle;
            """, Word);

        Assert.Equal("Word { Text = hi }", await room.Message("""{"type":"a","content":{"text":"hi"}}"""));
        Assert.Equal("BadContent $.text", await room.Message("""{"type":"a","content":{"text":1}}"""));
        Assert.Equal("1", await room.Message("""{"type":"b","content":[{"text":"hi"}]}"""));
        Assert.Equal("null", await room.Message("""{"type":"b"}"""));
    }

    [Fact]
    public async Task A_handler_that_inherits_from_a_handler_takes_both_ones_events()
    {
        var room = Load("""
            [TunnelHandler] public partial class Base { [TunnelConnect] protected void OnConnect(string id) => See("base", id); }
            [TunnelHandler] public partial class Room : Base { [TunnelClose] void OnClose(string id) => See("room", id); }
            """);

        Assert.Equal("base t1", await room.Feed(TunnelEventKind.Connect));
        Assert.Equal("room t1", await room.Feed(TunnelEventKind.Close));
    }
}

/// <summary>The generated dispatcher.</summary>
public sealed class GeneratedDispatchSpecs : DispatchSpecs
{
    private protected override Room Load(params string[] sources) => Room.Load(sources);
}

/// <summary>The dispatcher that works by reflection.</summary>
public sealed class ReflectedDispatchSpecs : DispatchSpecs
{
    private protected override Room Load(params string[] sources) => Room.LoadReflected(sources);
}

/// <summary>The generated dispatcher behind a real endpoint.</summary>
public sealed class PostedDispatchSpecs : DispatchSpecs
{
    private protected override Room Load(params string[] sources) => Room.LoadPosted(sources);
}
