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

    // Contents of one type share a reader.
    private readonly Dictionary<string, string> _readers = [];
    private readonly List<TypeRef> _contents = [];
    private readonly List<(HandlerMethodModel Method, string Call)> _calls = [];

    public DispatcherEmitter(HandlerModel handler, SourceWriter writer)
    {
        _handler = handler;
        _writer = writer;
        _parameters = $"({handler.FullName} handler, {TunnelEvent} e)";

        HashSet<string> names = [];
        foreach (var method in handler.Methods)
        {
            _calls.Add((method, Code.Unique("Call" + method.Name, names)));
            foreach (var argument in method.Arguments)
            {
                if (argument is not { Kind: ArgumentKind.Content, Type: { } type } || _readers.ContainsKey(type.FullName))
                    continue;
                _readers.Add(type.FullName, Code.Unique(Code.Field(type.Name), names));
                _contents.Add(type);
            }
        }
    }

    public void Write()
    {
        _writer.Write(Code.GeneratedCode);
        _writer.Open($"private sealed class {_handler.DispatcherName} : global::Weapp.TunnelDispatcher<{_handler.FullName}>");
        WriteReaders();
        WriteEvents();
        WriteMessages();
        foreach (var (method, call) in _calls)
            WriteCall(method, call);
        _writer.Close();
    }

    private void WriteReaders()
    {
        foreach (var content in _contents)
            _writer.Write($"private readonly {Code.JsonTypeInfo}<{content.FullName}> {_readers[content.FullName]};");
        if (_contents.Count > 0)
            _writer.Line();
        _writer.Open($"public {_handler.DispatcherName}({Code.JsonSerializerOptions} contentOptions)");
        foreach (var content in _contents)
        {
            _writer.Write(
                $"{_readers[content.FullName]} = ({Code.JsonTypeInfo}<{content.FullName}>)contentOptions.GetTypeInfo(typeof({content.FullName}));");
        }

        _writer.Close();
        _writer.Line();
    }

    private void WriteEvents()
    {
        var hasMessages = false;
        _writer.Open($"public override {Code.ValueTask} DispatchAsync{_parameters}");
        _writer.Open("switch (e.Kind)");
        foreach (var (method, call) in _calls)
        {
            if (method.Event == HandlerEvent.Message)
                hasMessages = true;
            else
                WriteCase($"{TunnelEventKind}.{method.Event}", $"{call}(handler, e)");
        }

        if (hasMessages)
            WriteCase($"{TunnelEventKind}.Message", "DispatchMessage(handler, e)");
        _writer.Write(
            """
            default:
                e.MarkUnhandled();
                return default;
            """);
        _writer.Close();
        _writer.Close();
    }

    private void WriteMessages()
    {
        string? others = null;
        List<(int Length, string Type, string Call)> types = [];
        foreach (var (method, call) in _calls)
        {
            if (method.Event != HandlerEvent.Message)
                continue;
            if (method.MessageType is { } type)
                types.Add((Encoding.UTF8.GetByteCount(type), type, call));
            else
                others = call;
        }

        if (types.Count == 0 && others is null)
            return;
        _writer.Line();
        _writer.Open($"private {Code.ValueTask} DispatchMessage{_parameters}");
        if (types.Count > 0)
        {
            _writer.Write("var type = e.MessageType;");
            _writer.Open("switch (type.Length)");
            foreach (var (length, type, call) in types)
            {
                WriteCase(
                    $"{Code.Number(length)} when global::System.MemoryExtensions.SequenceEqual(type, {Code.Literal(type)}u8)", $"{call}(handler, e)");
            }

            _writer.Close();
            _writer.Line();
        }

        if (others is not null)
        {
            _writer.Write($"return {others}(handler, e);");
        }
        else
        {
            _writer.Write("e.MarkUnhandled();");
            _writer.Write("return default;");
        }

        _writer.Close();
    }

    private void WriteCase(string label, string result)
    {
        _writer.Write($"case {label}:");
        _writer.Indented($"return {result};");
    }

    private void WriteCall(HandlerMethodModel method, string call)
    {
        _writer.Line();
        _writer.Open($"private {Code.ValueTask} {call}{_parameters}");
        List<string> arguments = [];
        foreach (var argument in method.Arguments)
            arguments.Add(WriteArgument(argument));

        var invocation =
            $"{(method.IsStatic ? _handler.FullName : "handler")}.{Code.Identifier(method.Name)}({string.Join(", ", arguments)})";
        _writer.Write(method.Returns switch
        {
            ReturnKind.Task => $"return new {Code.ValueTask}({invocation});",
            ReturnKind.ValueTask => $"return {invocation};",
            _ => $"{invocation};\nreturn default;",
        });
        _writer.Close();
    }

    /// <summary>Writes what has to be read before the call, and gives the argument's expression.</summary>
    private string WriteArgument(ArgumentModel argument)
    {
        const string Services = "global::Microsoft.Extensions.DependencyInjection.ServiceProviderServiceExtensions";
        switch (argument)
        {
            case { Kind: ArgumentKind.Content, Type: { } type }:
                WriteGuard($"e.{(argument.IsOptional ? "TryReadOptionalContent" : "TryReadContent")}({_readers[type.FullName]}, out var content)");
                return "content";
            case { Kind: ArgumentKind.User, IsOptional: false }:
                WriteGuard("e.TryGetUser(out var user)");
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

    private void WriteGuard(string condition)
    {
        _writer.Write($"if (!{condition})");
        _writer.Indented("return default;");
    }
}
