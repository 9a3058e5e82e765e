using System.Text;
using Weapp.Generators.Model;

namespace Weapp.Generators.Emitting;

/// <summary>Writes a handler's dispatcher: a switch over events, a switch over message types, and one method per call.</summary>
internal sealed class DispatcherEmitter
{
    private const string TunnelEvent = "global::Weapp.TunnelEvent";
    private const string TunnelEventKind = "global::Weapp.TunnelEventKind";

    private readonly HandlerModel _handler;
    private readonly SourceWriter _writer;
    private readonly string _parameters;
    private readonly ReadingEmitter _contents;
    private readonly List<(HandlerMethodModel Method, string Call)> _calls = [];
    private readonly List<(string Type, string Call)> _messages = [];
    private readonly string? _others;

    // What looks nothing up in the dispatcher needs none.
    private readonly bool _isMessageSwitchStatic = true;

    public DispatcherEmitter(HandlerModel handler, SourceWriter writer)
    {
        _handler = handler;
        _writer = writer;
        _parameters = $"({handler.FullName} handler, {TunnelEvent} e)";

        HashSet<string> names = [];
        foreach (var method in handler.Methods)
        {
            var call = Code.Unique("Call" + method.Name, names);
            _calls.Add((method, call));
            if (method.MessageType is not null)
                _messages.Add((method.MessageType, call));
            else if (method.Event == HandlerEvent.Message)
                _others = call;
            if (method.Event == HandlerEvent.Message)
                _isMessageSwitchStatic &= !ReadsContent(method);
        }

        _contents = new(handler, names, writer);
    }

    /// <summary>What makes the dispatcher; contents take the options.</summary>
    public string Creation => $"new {_handler.DispatcherName}({(_contents.IsEmpty ? "" : "contentOptions")})";

    public void Write()
    {
        _writer.Write(Code.GeneratedCode);
        _writer.Open($"private sealed class {_handler.DispatcherName} : global::Weapp.TunnelDispatcher<{_handler.FullName}>");
        _contents.WriteFields(_handler.DispatcherName);
        WriteEvents();
        WriteMessages();
        foreach (var (method, call) in _calls)
            WriteCall(method, call);
        _contents.WriteMethods();
        _writer.Close();
    }

    private void WriteEvents()
    {
        _writer.Open($"public override {Code.ValueTask} DispatchAsync{_parameters}");
        if (_calls.Count == 0)
            _writer.Write("e.MarkUnhandled();\nreturn default;");
        else
            WriteEventSwitch();
        _writer.Close();
    }

    private void WriteEventSwitch()
    {
        _writer.Open("switch (e.Kind)");
        foreach (var (method, call) in _calls)
        {
            if (method.Event != HandlerEvent.Message)
                WriteCase($"{TunnelEventKind}.{method.Event}", call);
        }

        if (_messages.Count > 0)
            WriteCase($"{TunnelEventKind}.Message", "DispatchMessage");
        else if (_others is not null)
            WriteCase($"{TunnelEventKind}.Message", _others);
        _writer.Write(
            """
            default:
                e.MarkUnhandled();
                return default;
            """);
        _writer.Close();
    }

    private void WriteMessages()
    {
        if (_messages.Count == 0)
            return;
        _writer.Line();
        _writer.Open($"private {Static(_isMessageSwitchStatic)}{Code.ValueTask} DispatchMessage{_parameters}");
        _writer.Write("var type = e.MessageType;");
        _writer.Open("switch (type.Length)");
        foreach (var (type, call) in _messages)
        {
            var length = Code.Number(Encoding.UTF8.GetByteCount(type));
            WriteCase($"{length} when global::System.MemoryExtensions.SequenceEqual(type, {Code.Literal(type)}u8)", call);
        }

        _writer.Write("default:");
        _writer.Indented(_others is null ? "e.MarkUnhandled();\nreturn default;" : $"return {_others}(handler, e);");
        _writer.Close();
        _writer.Close();
    }

    private void WriteCase(string label, string call)
    {
        _writer.Write($"case {label}:");
        _writer.Indented($"return {call}(handler, e);");
    }

    private void WriteCall(HandlerMethodModel method, string call)
    {
        List<string> guards = [];
        List<string> arguments = [];
        foreach (var argument in method.Arguments)
            arguments.Add(ReadArgument(argument, guards));
        var target = method.IsStatic ? _handler.FullName : "handler";
        var invocation = $"{target}.{Code.Identifier(method.Name)}({string.Join(", ", arguments)})";
        var result = method.Returns == ReturnKind.Task ? $"new {Code.ValueTask}({invocation})" : invocation;

        _writer.Line();
        var header = $"private {Static(!ReadsContent(method))}{Code.ValueTask} {call}{_parameters}";
        if (guards.Count == 0 && method.Returns != ReturnKind.Void)
        {
            _writer.Write($"{header} =>\n    {result};");
            return;
        }

        _writer.Open(header);
        foreach (var guard in guards)
            _writer.Write($"if (!{guard})\n    return default;");
        _writer.Write(method.Returns == ReturnKind.Void ? $"{invocation};\nreturn default;" : $"return {result};");
        _writer.Close();
    }

    private static string Static(bool isStatic) => isStatic ? "static " : "";

    private static bool ReadsContent(HandlerMethodModel method)
    {
        foreach (var argument in method.Arguments)
        {
            if (argument.Kind == ArgumentKind.Content)
                return true;
        }

        return false;
    }

    /// <summary>The argument's expression, and what has to be read before the call.</summary>
    private string ReadArgument(ArgumentModel argument, List<string> guards)
    {
        const string Services = "global::Microsoft.Extensions.DependencyInjection.ServiceProviderServiceExtensions";
        switch (argument)
        {
            case { Kind: ArgumentKind.Content, Type: { } type }:
                guards.Add($"e.{(argument.IsOptional ? "TryReadOptionalContent" : "TryReadContent")}({_contents.FormatOf(type)}, out var content)");
                return "content";
            case { Kind: ArgumentKind.User, IsOptional: false }:
                guards.Add("e.TryGetUser(out var user)");
                return "user";
            case { Kind: ArgumentKind.Service, Type: { } type }:
                return $"{Services}.{(argument.IsOptional ? "GetService" : "GetRequiredService")}<{type.FullName}>(e.Services)";
            default:
                return argument.Kind switch
                {
                    ArgumentKind.TunnelId => "e.TunnelId",
                    ArgumentKind.Context => "e.CreateContext()",
                    ArgumentKind.MessageType => "e.ReadMessageType()",
                    ArgumentKind.Element => "e.ReadElement()",
                    ArgumentKind.User => "e.User",
                    _ => "e.CancellationToken",
                };
        }
    }
}
