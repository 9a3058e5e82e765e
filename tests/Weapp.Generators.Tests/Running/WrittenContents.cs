using System.Reflection;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Weapp.Generators.Tests.Running;

/// <summary>Writes contents of a loaded assembly: by the factory of its client, and by the serializer.</summary>
internal sealed class WrittenContents(Assembly assembly, string type, JsonSerializerOptions? contentOptions = null)
{
    // Names are escaped as a message's writer does it, which has other options than the serializer.
    private static readonly JsonSerializerOptions Web = new(JsonSerializerOptions.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Type _type = assembly.GetType(type, throwOnError: true)!;

    private readonly object _message = MessageOf(assembly, $"Weapp.Generated.I{type}ClientFactory", contentOptions ?? JsonSerializerOptions.Web);

    public string ByGeneratedCode(object? content) => Write(writer => Call(_message.GetType().GetMethod("WriteContent")!, _message, writer, content));

    public string BySerializer(object? content) => Write(writer => JsonSerializer.Serialize(writer, content, _type, Web));

    private static object MessageOf(Assembly assembly, string factory, JsonSerializerOptions contentOptions)
    {
        var made = Activator.CreateInstance(assembly.GetType(factory, throwOnError: true)!, contentOptions)!;
        return made.GetType().GetFields(BindingFlags.Instance | BindingFlags.NonPublic).Single(static field => field.FieldType.Name.StartsWith("OutboundMessage", StringComparison.Ordinal)).GetValue(made)!;
    }

    /// <summary>What was written, or how it failed.</summary>
    private static string Write(Action<Utf8JsonWriter> write)
    {
        using MemoryStream json = new();
        using Utf8JsonWriter writer = new(json, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        try
        {
            write(writer);
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException or InvalidOperationException)
        {
            return exception.GetType().Name;
        }

        writer.Flush();
        return Encoding.UTF8.GetString(json.ToArray());
    }

    private static void Call(MethodInfo method, object on, params object?[] arguments) =>
        method.Invoke(on, BindingFlags.DoNotWrapExceptions, null, arguments, null);
}
