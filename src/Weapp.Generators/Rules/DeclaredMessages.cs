using Microsoft.CodeAnalysis;
using Weapp.Generators.Model;
using Weapp.Generators.Parsing;

namespace Weapp.Generators.Rules;

/// <summary>The messages that the client interfaces of a compilation send.</summary>
internal sealed class DeclaredMessages
{
    private readonly Dictionary<string, List<(INamedTypeSymbol Client, IMethodSymbol Method)>> _byType = [];

    public static DeclaredMessages Of(Compilation compilation)
    {
        var declared = new DeclaredMessages();
        declared.Add(compilation.Assembly.GlobalNamespace);
        return declared;
    }

    /// <summary>Who sends messages of a type, in the order of their declaration.</summary>
    public IReadOnlyList<(INamedTypeSymbol Client, IMethodSymbol Method)> Find(string messageType) =>
        _byType.TryGetValue(messageType, out var found) ? found : [];

    private void Add(INamespaceOrTypeSymbol container)
    {
        foreach (var member in container.GetMembers())
        {
            if (member is not INamespaceOrTypeSymbol inner)
                continue;
            if (inner is INamedTypeSymbol type && ClientParser.IsClient(type) && ClientParser.Read(type, Reporter.Silent) is not null)
                AddMessages(type);
            Add(inner);
        }
    }

    private void AddMessages(INamedTypeSymbol client)
    {
        AddMessages(client, client);
        foreach (var inherited in client.AllInterfaces)
            AddMessages(client, inherited);
    }

    private void AddMessages(INamedTypeSymbol client, INamedTypeSymbol declaring)
    {
        foreach (var member in declaring.GetMembers())
        {
            if (member is not IMethodSymbol { IsAbstract: true } method)
                continue;
            foreach (var attribute in EventAttribute.Of(method))
            {
                if (attribute is not { Event: HandlerEvent.Message, MessageType: { } type })
                    continue;
                if (!_byType.TryGetValue(type, out var senders))
                    _byType.Add(type, senders = []);
                senders.Add((client, method));
            }
        }
    }
}
