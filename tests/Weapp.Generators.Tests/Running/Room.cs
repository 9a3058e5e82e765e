using System.Reflection;
using System.Runtime.Loader;
using System.Text.Json;

namespace Weapp.Generators.Tests.Running;

/// <summary>A compiled and loaded handler that is fed events, and says what it saw of them.</summary>
internal sealed class Room
{
    private readonly RoomHost _host;
    private readonly List<string> _seen;

    private Room(Assembly assembly, Type hostType, JsonSerializerOptions? contentOptions, string name = "Room")
    {
        Assembly = assembly;
        var handler = assembly.GetType(name, throwOnError: true)!;
        _host = (RoomHost)Activator.CreateInstance(hostType.MakeGenericType(handler), contentOptions ?? JsonSerializerOptions.Web)!;
        _seen = (List<string>)assembly.GetType("Notes")!.GetField("Seen")!.GetValue(null)!;
    }

    /// <summary>What was compiled.</summary>
    public Assembly Assembly { get; }

    /// <summary>What the handler says it takes.</summary>
    public TunnelHandlerContract Contract => _host.Contract;

    /// <summary>Loads a handler with these members.</summary>
    public static Room With(string members, params string[] others) => Load(["[TunnelHandler] public partial class Room { " + members + " }", .. others]);

    /// <summary>Loads sources with a handler named Room.</summary>
    public static Room Load(params string[] sources) => Load(null, sources);

    /// <summary>Loads sources with a handler named Room, whose contents are read with these options.</summary>
    public static Room Load(JsonSerializerOptions? contentOptions, params string[] sources) =>
        new(LoadAssembly(GeneratorRun.Of(sources)), typeof(RoomHost<>), contentOptions);

    /// <summary>Loads sources with a handler named Room, whose events are dispatched by reflection.</summary>
    public static Room LoadReflected(params string[] sources) => LoadReflected(null, sources);

    /// <summary>The same with these options: the serializer reads all contents.</summary>
    public static Room LoadReflected(JsonSerializerOptions? contentOptions, params string[] sources) =>
        new(LoadAssembly(GeneratorRun.Of(sources)), typeof(ReflectedRoomHost<>), contentOptions);

    /// <summary>Loads sources with a handler named Room, which real apps host.</summary>
    public static Room LoadPosted(params string[] sources) => new(LoadAssembly(GeneratorRun.Of(sources)), typeof(PostedRoomHost<>), null);

    /// <summary>The same with a handler of another name, as reflection writes it.</summary>
    public static Room LoadPostedAs(string name, params string[] sources) => new(LoadAssembly(GeneratorRun.Of(sources)), typeof(PostedRoomHost<>), null, name);

    /// <summary>Loads what the generator has completed; a finding of the compiler is a failure.</summary>
    public static Assembly LoadAssembly(GeneratorRun run)
    {
        if (run.CompilerFindings() is [_, ..] findings)
            Assert.Fail(string.Join("\n", findings));
        using MemoryStream image = new();
        Assert.True(run.Output.Emit(image).Success);
        image.Position = 0;
        return new AssemblyLoadContext(null, isCollectible: true).LoadFromStream(image);
    }

    /// <summary>Feeds a message: its text as a phone sends it.</summary>
    public Task<string> Message(string text, UserInfo? user = null) => Feed(TunnelEventKind.Message, user, text);

    /// <summary>Feeds an event; gives what the handler saw, or what became of the event.</summary>
    public async Task<string> Feed(TunnelEventKind kind, UserInfo? user = null, string text = "") => (await Feed(kind, user, [text])).Single();

    /// <summary>Feeds messages to one app, one after the other.</summary>
    public Task<List<string>> Messages(string[] texts, UserInfo user) => Feed(TunnelEventKind.Message, user, texts);

    private async Task<List<string>> Feed(TunnelEventKind kind, UserInfo? user, string[] texts)
    {
        List<string> all = [];
        _seen.Clear();
        await _host.DispatchAsync(kind, user, texts, outcome =>
        {
            all.Add(string.Join("; ", [.. _seen, .. outcome is null ? (string[])[] : [outcome]]));
            _seen.Clear();
        });
        return all;
    }
}
