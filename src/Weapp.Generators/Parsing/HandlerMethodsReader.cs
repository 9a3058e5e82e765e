using Microsoft.CodeAnalysis;
using Weapp.Generators.Model;
using Weapp.Generators.Rules;

namespace Weapp.Generators.Parsing;

/// <summary>Reads the annotated methods of a handler, inherited ones included, and sees to it that each event has one method (WEAPP002).</summary>
internal sealed class HandlerMethodsReader(INamedTypeSymbol handler, Compilation compilation, Reporter reporter)
{
    private readonly List<HandlerMethodModel> _methods = [];
    private readonly Dictionary<(HandlerEvent Event, string? MessageType), string> _taken = [];
    private readonly HashSet<IMethodSymbol> _overridden = new(SymbolEqualityComparer.Default);

    public List<HandlerMethodModel> Read()
    {
        for (var type = handler; type is not null; type = type.BaseType)
        {
            foreach (var member in type.GetMembers())
            {
                if (member is IMethodSymbol method)
                    Read(method);
            }
        }

        return _methods;
    }

    private void Read(IMethodSymbol method)
    {
        var attributes = EventAttribute.Of(method);
        if (attributes.Count == 0 || _overridden.Contains(method))
            return;
        for (var overridden = method.OverriddenMethod; overridden is not null; overridden = overridden.OverriddenMethod)
            _overridden.Add(overridden);

        var isInherited = !SymbolEqualityComparer.Default.Equals(method.ContainingType, handler);
        if (isInherited && !CheckInherited(method))
            return;

        // What is wrong with an inherited method is said once, where it is declared.
        var methodReporter = isInherited ? Reporter.Silent : reporter;
        foreach (var attribute in attributes)
        {
            if (HandlerMethodParser.Parse(method, attribute, methodReporter) is { } model && Claim(method, attribute, isInherited))
                _methods.Add(model);
        }
    }

    private bool CheckInherited(IMethodSymbol method)
    {
        string advice;
        if (!compilation.IsSymbolAccessibleWithin(method, handler))
            advice = "make it protected";
        else if (HidingMembers.Of(method, handler, compilation) is { } hiding)
            advice = $"rename '{hiding.ContainingType.Name}.{hiding.Name}', which a call would reach in its place";
        else
            return true;
        reporter.Report(Descriptors.HandlerMethod, handler, $"The inherited method '{method.ContainingType.Name}.{method.Name}'", handler.Name, advice);
        return false;
    }

    private bool Claim(IMethodSymbol method, EventAttribute attribute, bool isInherited)
    {
        var key = (attribute.Event, attribute.MessageType);
        if (!_taken.TryGetValue(key, out var other))
        {
            _taken.Add(key, method.Name);
            return true;
        }

        var what = attribute switch
        {
            { MessageType: { } type } => $"The message type '{type}'",
            { Event: HandlerEvent.Message } => "[TunnelMessage] without a message type",
            _ => $"[{attribute.Name}]",
        };
        if (isInherited)
            reporter.Report(Descriptors.DuplicateMessage, handler, what, other);
        else
            reporter.ReportAttribute(Descriptors.DuplicateMessage, attribute.Data, method, what, other);
        return false;
    }
}
