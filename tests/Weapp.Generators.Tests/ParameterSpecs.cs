using Weapp.Generators.Tests.Running;

namespace Weapp.Generators.Tests;

/// <summary>Every form and order of a message method's parameters, with every return type, on objects and on the type: one handler has them all.</summary>
public abstract class ParameterSpecs
{
    private static readonly UserInfo User = new() { OpenId = "o1" };

    private static readonly Parameter[] Tunnels = [new("string tunnelId", "tunnelId", "t1"), new("TunnelContext tunnel", "tunnel.TunnelId", "t1")];

    private static readonly Parameter?[] Contents =
        [null, new("int content", "content", "7"), new("Word? content", "content", "null"), new("JsonElement content", "content.ValueKind", "Undefined")];

    private static readonly Parameter[] Extras =
    [
        new("UserInfo user", "user.OpenId", "o1"),
        new("CancellationToken token", "token.CanBeCanceled", "True"),
        new("[FromServices] Weapp.Generators.Tests.Running.Greeting greeting", "greeting.Text", "hello"),
    ];

    private static readonly (string Type, string Body)[] Returns =
    [
        ("void", "See(SHOWN);"),
        ("Task", "See(SHOWN); return Task.CompletedTask;"),
        ("async Task", "await Task.Yield(); See(SHOWN);"),
        ("ValueTask", "See(SHOWN); return default;"),
        ("async ValueTask", "await Task.Yield(); See(SHOWN);"),
    ];

    private protected abstract Room Load(params string[] sources);

    [Fact]
    public async Task A_method_sees_what_it_asks_for_in_the_order_in_which_it_asks()
    {
        List<string> methods = [];
        List<string> messages = [];
        List<string> expected = [];
        foreach (var parameters in Lists())
        {
            // Each list on an object and on the type, which takes the ways to return in turn.
            foreach (var modifier in (string[])["", "static "])
            {
                var number = methods.Count;
                var (type, body) = Returns[number % Returns.Length];
                body = body.Replace("SHOWN", string.Join(", ", parameters.Select(static parameter => parameter.Shown)), StringComparison.Ordinal);
                methods.Add($"[TunnelMessage(\"m{number}\")] {modifier}{type} On{number}({string.Join(", ", parameters.Select(static parameter => parameter.Declaration))}) {{ {body} }}");
                messages.Add(parameters.Any(static parameter => parameter.Seen == "7") ? $$"""{"type":"m{{number}}","content":7}""" : $$"""{"type":"m{{number}}"}""");
                expected.Add(string.Join(" ", parameters.Select(static parameter => parameter.Seen)));
            }
        }

        var room = Load("public sealed record Word(string Text); [TunnelHandler] public partial class Room { " + string.Join("\n", methods) + " }");

        Assert.Equal(expected, await room.Messages([.. messages], User));
    }

    private static IEnumerable<Parameter[]> Lists() =>
        from tunnel in Tunnels
        from content in Contents
        from extras in Orders(Extras)
        select (Parameter[])[tunnel, .. content is null ? (Parameter[])[] : [content], .. extras];

    /// <summary>Every choice of some items, or none, in every order.</summary>
    private static IEnumerable<Parameter[]> Orders(Parameter[] items) =>
    [
        [],
        .. from first in items
           from rest in Orders(Array.FindAll(items, item => item != first))
           select (Parameter[])[first, .. rest],
    ];

    /// <summary>A parameter, what the method shows of it, and what that is.</summary>
    private sealed record Parameter(string Declaration, string Shown, string Seen);
}

/// <summary>The generated dispatcher in an app, from signed <c>POST</c>s on.</summary>
public sealed class PostedParameterSpecs : ParameterSpecs
{
    private protected override Room Load(params string[] sources) => Room.LoadPosted(sources);
}

/// <summary>The dispatcher that works by reflection.</summary>
public sealed class ReflectedParameterSpecs : ParameterSpecs
{
    private protected override Room Load(params string[] sources) => Room.LoadReflected(sources);
}
