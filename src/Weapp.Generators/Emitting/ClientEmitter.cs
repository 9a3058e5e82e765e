using Microsoft.CodeAnalysis.Text;
using Weapp.Generators.Model;

namespace Weapp.Generators.Emitting;

/// <summary>Writes the implementation of a client interface over the runtime's <c>ITunnelSender</c>.</summary>
internal static class ClientEmitter
{
    private const string TunnelSender = "global::Weapp.ITunnelSender";
    private const string OutboundMessage = "global::Weapp.OutboundMessage";
    private const string EmitResult = "global::Weapp.EmitResult";

    public static SourceText Emit(ClientModel client)
    {
        var fields = FieldNames(client);
        var name = client.Factory.Name;
        var writer = Code.NewFile();
        HashSet<string> names = [name, "Client", "Create", .. fields];
        var contents = new WritingEmitter(client, names, writer);
        writer.Write(
            $"""
            namespace {client.Factory.Namespace};

            /// <summary>Makes the clients of <see cref="{client.FullName}"/>.</summary>
            {Code.GeneratedCode}
            [global::System.ComponentModel.EditorBrowsable(global::System.ComponentModel.EditorBrowsableState.Never)]
            """);
        writer.Open($"{(client.IsPublic ? "public" : "internal")} sealed class {name} : global::Weapp.TunnelClientFactory<{client.FullName}>");
        var hasFields = contents.WriteFields();
        for (var i = 0; i < fields.Count; i++)
            writer.Write($"private readonly {MessageOf(client.Methods[i])} {fields[i]};");
        if (hasFields || fields.Count > 0)
            writer.Line();

        writer.Write(
            """
            /// <summary>Looks up once how contents are written.</summary>
            /// <param name="contentOptions">How contents are written.</param>
            """);
        writer.Open($"public {name}({Code.JsonSerializerOptions} contentOptions)");
        contents.WriteFillings();
        for (var i = 0; i < fields.Count; i++)
        {
            var method = client.Methods[i];
            writer.Write($"{fields[i]} = new({Code.Literal(method.MessageType)}{(method.Content is null ? "" : ", contentOptions")}{contents.WritingOf(method)});");
        }

        writer.Close();
        writer.Line();
        writer.Write("/// <inheritdoc/>");
        writer.Open($"public override {client.FullName} Create({TunnelSender} sender)");
        writer.Write(
            $"""
            global::System.ArgumentNullException.ThrowIfNull(sender);
            return new Client({(fields.Count > 0 ? "this, sender" : "")});
            """);
        writer.Close();
        writer.Line();
        WriteClient(writer, client, fields);
        contents.WriteMethods();
        writer.Close();
        return Code.ToSourceText(writer);
    }

    private static void WriteClient(SourceWriter writer, ClientModel client, List<string> fields)
    {
        // An empty interface leaves nothing to send, and unread parameters are warned about.
        var parameters = fields.Count > 0 ? $"({client.Factory.Name} messages, {TunnelSender} sender)" : "";
        writer.Open($"private sealed class Client{parameters} : {client.FullName}");
        for (var i = 0; i < fields.Count; i++)
        {
            if (i > 0)
                writer.Line();
            WriteMethod(writer, client.Methods[i], fields[i]);
        }

        writer.Close();
    }

    private static void WriteMethod(SourceWriter writer, ClientMethodModel method, string field)
    {
        List<string> parameters = [];
        List<string> arguments = [$"messages.{field}"];
        if (method.ContentType is not null)
        {
            parameters.Add($"\n    {method.ContentType} content");
            arguments.Add("content");
        }

        if (method.TakesCancellationToken)
            parameters.Add($"{(parameters.Count > 0 ? "," : "")}\n    {Code.CancellationToken} cancellationToken");
        arguments.Add(method.TakesCancellationToken ? "cancellationToken" : $"{Code.CancellationToken}.None");

        var isTask = method.Returns == ReturnKind.Task;
        var returns = isTask ? "global::System.Threading.Tasks.Task" : Code.ValueTask;
        writer.Write(
            $"""
            {returns}<{EmitResult}> {method.Interface}.{Code.Identifier(method.Name)}({string.Concat(parameters)}) =>
                sender.SendAsync({string.Join(", ", arguments)}){(isTask ? ".AsTask()" : "")};
            """);
    }

    private static string MessageOf(ClientMethodModel method) => method.ContentType is null ? OutboundMessage : $"{OutboundMessage}<{method.ContentType}>";

    private static List<string> FieldNames(ClientModel client)
    {
        HashSet<string> taken = [];
        List<string> names = [];
        foreach (var method in client.Methods)
            names.Add(Code.Unique(Code.Field(method.Name), taken));
        return names;
    }
}
