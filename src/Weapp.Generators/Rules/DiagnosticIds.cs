namespace Weapp.Generators.Rules;

/// <summary>The ids of the rules. A retired id is never used again.</summary>
internal static class DiagnosticIds
{
    /// <summary>A handler class that cannot be completed.</summary>
    public const string HandlerShape = "WEAPP001";

    /// <summary>A message type, or another event, with two methods.</summary>
    public const string DuplicateMessage = "WEAPP002";

    /// <summary>A handler method with a parameter or a return type that cannot be served.</summary>
    public const string HandlerMethod = "WEAPP003";

    /// <summary>An outbound message that the phone takes for one of its own events.</summary>
    public const string ClientEvent = "WEAPP004";

    /// <summary>An event attribute where nobody looks for it.</summary>
    public const string StrayEvent = "WEAPP005";

    /// <summary>A content type that cannot be read or written as JSON.</summary>
    public const string ContentType = "WEAPP006";

    /// <summary>An <c>async void</c> handler method.</summary>
    public const string AsyncVoid = "WEAPP007";

    /// <summary>A content that the serializer reads or writes, without metadata and without reflection.</summary>
    public const string ContentMetadata = "WEAPP008";

    /// <summary>A client interface, or a method of it, that cannot be implemented.</summary>
    public const string ClientMethod = "WEAPP009";

    /// <summary>A text that is no message type.</summary>
    public const string MessageType = "WEAPP010";

    /// <summary>An untyped message for which a client interface has a method.</summary>
    public const string UntypedSend = "WEAPP011";
}
