using Microsoft.CodeAnalysis;
using Weapp.Generators.Model;

namespace Weapp.Generators.Parsing;

/// <summary>An attribute that binds a method to an event.</summary>
internal readonly record struct EventAttribute(HandlerEvent Event, AttributeData Data)
{
    /// <summary>The name as users write it.</summary>
    public string Name => "Tunnel" + Event;

    /// <summary>Whether it names a message type, be it null.</summary>
    public bool HasMessageType => Data.ConstructorArguments.Length == 1;

    /// <summary>Whether the compiler does not understand its arguments, and says so itself.</summary>
    public bool IsUnknown => Data.AttributeConstructor is null || (HasMessageType && Data.ConstructorArguments[0].Kind == TypedConstantKind.Error);

    public string? MessageType => HasMessageType ? Data.ConstructorArguments[0].Value as string : null;

    public static List<EventAttribute> Of(IMethodSymbol method)
    {
        List<EventAttribute> found = [];
        foreach (var attribute in method.GetAttributes())
        {
            if (attribute.AttributeClass is { } type && EventOf(type) is { } @event)
                found.Add(new(@event, attribute));
        }

        return found;
    }

    private static HandlerEvent? EventOf(INamedTypeSymbol attribute) =>
        attribute.Is("Weapp", "TunnelMessageAttribute") ? HandlerEvent.Message
        : attribute.Is("Weapp", "TunnelRequestAttribute") ? HandlerEvent.Request
        : attribute.Is("Weapp", "TunnelConnectAttribute") ? HandlerEvent.Connect
        : attribute.Is("Weapp", "TunnelCloseAttribute") ? HandlerEvent.Close
        : null;
}
