using Microsoft.CodeAnalysis;
using Weapp.Generators.Parsing;

namespace Weapp.Generators.Rules;

/// <summary>WEAPP004: a phone puts <c>@</c> before the types of messages that clash with its own events.</summary>
internal static class ClientEventRule
{
    /// <summary>Checks the messages that a client interface declares itself.</summary>
    public static void Check(INamedTypeSymbol client, Reporter reporter)
    {
        foreach (var member in client.GetMembers())
        {
            if (member is not IMethodSymbol { IsAbstract: true } method)
                continue;
            foreach (var attribute in EventAttribute.Of(method))
            {
                if (attribute.MessageType is { } type && IsClientEvent(type))
                    reporter.ReportAttribute(Descriptors.ClientEvent, attribute.Data, method, type);
            }
        }
    }

    /// <summary>Whether the phone has an event of this name.</summary>
    public static bool IsClientEvent(string messageType) => messageType is "connect" or "close" or "reconnecting" or "reconnect" or "error";
}
