using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace Weapp.Generators.Rules;

/// <summary>What the rules say. Every message says what to do.</summary>
internal static class Descriptors
{
    private const string Category = "Weapp";
    private const string HelpPage = "https://github.com/weapp-net/weapp/blob/main/docs/diagnostics.md";

    // Not configurable: without the other part nothing else can be right, so a build ends with it.
    public static readonly DiagnosticDescriptor HandlerShape = Error(
        DiagnosticIds.HandlerShape,
        "A tunnel handler must be a class that the generator can complete",
        "The tunnel handler '{0}' cannot be completed: {1}",
        WellKnownDiagnosticTags.NotConfigurable);

    public static readonly DiagnosticDescriptor DuplicateMessage = Error(
        DiagnosticIds.DuplicateMessage,
        "A message type has one method",
        "{0} already has the method '{1}': merge the two, or give this one a message type of its own");

    public static readonly DiagnosticDescriptor HandlerMethod = Error(
        DiagnosticIds.HandlerMethod,
        "A handler method takes and returns what events can serve",
        "{0} of '{1}' is not supported: {2}");

    public static readonly DiagnosticDescriptor ClientEvent = Warning(
        DiagnosticIds.ClientEvent,
        "A message type should not be one of the phone's own events",
        "The phone has an event '{0}' of its own and sees this message as '@{0}': choose another message type");

    public static readonly DiagnosticDescriptor StrayEvent = Error(
        DiagnosticIds.StrayEvent,
        "Event attributes belong into tunnel handlers and client interfaces",
        "[{0}] has no effect on '{1}': {2}");

    public static readonly DiagnosticDescriptor ContentType = Error(
        DiagnosticIds.ContentType,
        "A content type must be one that JSON can carry",
        "The content type '{0}' of '{1}' cannot travel as JSON: {2}");

    public static readonly DiagnosticDescriptor AsyncVoid = Error(
        DiagnosticIds.AsyncVoid,
        "A handler method must not be async void",
        "Return Task from '{0}': nobody can wait for an async void method, and its exceptions end the process");

    public static readonly DiagnosticDescriptor ContentMetadata = Warning(
        DiagnosticIds.ContentMetadata,
        "Without reflection, a content that the serializer reads or writes needs metadata",
        "The serializer reads or writes '{0}' in the content of '{1}', and reflection is off: add [JsonSerializable(typeof({0}))] to a JsonSerializerContext of the app");

    public static readonly DiagnosticDescriptor ClientMethod = Error(
        DiagnosticIds.ClientMethod,
        "A client interface has methods that send messages, and nothing else",
        "'{0}' cannot be implemented: {1}");

    public static readonly DiagnosticDescriptor MessageType = Error(
        DiagnosticIds.MessageType,
        "A message type must be a plain name",
        "The message type {0} cannot be used: {1}");

    public static readonly DiagnosticDescriptor UntypedSend = Warning(
        DiagnosticIds.UntypedSend,
        "A message that a client interface declares should be sent by it",
        "The message type '{0}' has a typed method: call '{1}.{2}' through ITunnels<{1}>");

    public static readonly ImmutableArray<DiagnosticDescriptor> All =
        [HandlerShape, DuplicateMessage, HandlerMethod, ClientEvent, StrayEvent, ContentType, AsyncVoid, ContentMetadata, ClientMethod, MessageType, UntypedSend];

    private static DiagnosticDescriptor Error(string id, string title, string message, params string[] tags) =>
        Rule(id, title, message, DiagnosticSeverity.Error, tags);

    private static DiagnosticDescriptor Warning(string id, string title, string message) => Rule(id, title, message, DiagnosticSeverity.Warning);

    private static DiagnosticDescriptor Rule(string id, string title, string message, DiagnosticSeverity severity, params string[] tags) =>
        new(id, title, message, Category, severity, isEnabledByDefault: true, null, $"{HelpPage}#{id.ToLowerInvariant()}", tags);
}
