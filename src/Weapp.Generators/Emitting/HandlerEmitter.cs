using Microsoft.CodeAnalysis.Text;
using Weapp.Generators.Model;

namespace Weapp.Generators.Emitting;

/// <summary>Writes the part that makes a class a handler: its contract, its registration and its dispatcher.</summary>
internal static class HandlerEmitter
{
    private const string ServiceCollection = "global::Microsoft.Extensions.DependencyInjection.IServiceCollection";
    private const string ServiceLifetime = "global::Microsoft.Extensions.DependencyInjection.ServiceLifetime";
    private const string ServiceDescriptor = "global::Microsoft.Extensions.DependencyInjection.ServiceDescriptor";
    private const string TryAdd = "global::Microsoft.Extensions.DependencyInjection.Extensions.ServiceCollectionDescriptorExtensions.TryAdd";
    private const string AddTunnelClient = "global::Microsoft.Extensions.DependencyInjection.WeappTunnelClientServiceCollectionExtensions.AddTunnelClient";

    public static SourceText Emit(HandlerModel handler)
    {
        var writer = Code.NewFile();
        var dispatcher = new DispatcherEmitter(handler, writer);
        if (handler.Namespace is not null)
            writer.Write($"namespace {handler.Namespace};\n");
        foreach (var outer in handler.OuterTypes)
            writer.Open($"partial {outer.Keyword} {outer.Name}");

        var contract = $"global::Weapp.ITunnelHandler<{handler.FullName}>";
        writer.Open($"partial {handler.Keyword} {handler.Name} : {contract}");
        WriteContract(writer, handler, contract);
        writer.Line();
        WriteConfigureServices(writer, handler, contract);
        writer.Line();
        writer.Write(
            $"""
            {Code.GeneratedCode}
            static global::Weapp.TunnelDispatcher<{handler.FullName}> {contract}.CreateDispatcher(
                {Code.JsonSerializerOptions} contentOptions) =>
                {dispatcher.Creation};
            """);
        writer.Line();
        dispatcher.Write();
        writer.Close();

        foreach (var _ in handler.OuterTypes)
            writer.Close();
        return Code.ToSourceText(writer);
    }

    private static void WriteContract(SourceWriter writer, HandlerModel handler, string contract)
    {
        const string Events = "global::Weapp.TunnelHandlerEvents";
        List<string> events = [];
        List<HandlerMethodModel> messages = [];
        var takesOthers = false;
        foreach (var method in handler.Methods)
        {
            if (method.Event != HandlerEvent.Message)
                events.Add($"{Events}.{method.Event}");
            else if (method.MessageType is null)
                takesOthers = true;
            else
                messages.Add(method);
        }

        writer.Write(
            $$"""
            {{Code.GeneratedCode}}
            static global::Weapp.TunnelHandlerContract {{contract}}.Contract { get; } = new(
                {{(events.Count == 0 ? Events + ".None" : string.Join(" | ", events))}},
            """);
        writer.Indented(messages.Count == 0 ? "[]," : "[");
        foreach (var message in messages)
            writer.Indented($"    new({Code.Literal(message.MessageType!)}, {(ContentType(message) is { } type ? $"typeof({type})" : "null")}),");
        if (messages.Count > 0)
            writer.Indented("],");
        writer.Indented($"{(takesOthers ? "true" : "false")});");
    }

    private static string? ContentType(HandlerMethodModel method)
    {
        foreach (var argument in method.Arguments)
        {
            if (argument.Kind == ArgumentKind.Content)
                return argument.Type!.FullName;
            if (argument.Kind == ArgumentKind.Element)
                return "global::System.Text.Json.JsonElement";
        }

        return null;
    }

    private static void WriteConfigureServices(SourceWriter writer, HandlerModel handler, string contract)
    {
        writer.Write(Code.GeneratedCode);
        writer.Open(
            $"""
            static void {contract}.ConfigureServices(
                {ServiceCollection} services,
                {ServiceLifetime} lifetime)
            """);
        writer.Write(
            $"""
            {TryAdd}(
                services,
                {ServiceDescriptor}.Describe(typeof({handler.FullName}), typeof({handler.FullName}), lifetime));
            """);
        if (handler.ClientFactory is not null)
        {
            writer.Write(
                $"""
                {AddTunnelClient}(
                    services,
                    static contentOptions => new {handler.ClientFactory}(contentOptions));
                """);
        }

        writer.Close();
    }
}
