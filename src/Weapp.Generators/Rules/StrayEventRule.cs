using Microsoft.CodeAnalysis;
using Weapp.Generators.Model;
using Weapp.Generators.Parsing;

namespace Weapp.Generators.Rules;

/// <summary>WEAPP005: event attributes belong into handlers, abstract classes that handlers inherit from, and client interfaces.</summary>
internal static class StrayEventRule
{
    /// <summary>Checks the methods of a type that is no handler.</summary>
    public static void Check(INamedTypeSymbol type, Reporter reporter)
    {
        foreach (var member in type.GetMembers())
        {
            if (member is not IMethodSymbol method)
                continue;
            foreach (var attribute in EventAttribute.Of(method))
                Check(type, method, attribute, reporter);
        }
    }

    /// <summary>Checks a function within a method, wherever that is.</summary>
    public static void CheckLocal(IMethodSymbol function, Reporter reporter)
    {
        foreach (var attribute in EventAttribute.Of(function))
            Report(function, attribute, "events reach the methods of a class only, so make it one", reporter);
    }

    private static void Check(INamedTypeSymbol type, IMethodSymbol method, EventAttribute attribute, Reporter reporter)
    {
        if (type is { TypeKind: TypeKind.Class, IsAbstract: true, IsStatic: false })
        {
            // Its handlers leave the wrong ones out; they are spoken of here, where they are.
            HandlerMethodParser.Parse(method, attribute, reporter);
            return;
        }

        if (type.TypeKind == TypeKind.Interface && attribute.Event == HandlerEvent.Message)
        {
            if (!ClientParser.IsClient(type))
                Report($"put [TunnelClient] on the interface '{type.Name}'");
        }
        else if (type.TypeKind == TypeKind.Class)
        {
            Report($"put [TunnelHandler] on the class '{type.Name}', or make it abstract if handlers inherit from it");
        }
        else
        {
            Report("events reach the methods of [TunnelHandler] classes only, so move it there");
        }

        void Report(string advice) => StrayEventRule.Report(method, attribute, advice, reporter);
    }

    private static void Report(IMethodSymbol method, EventAttribute attribute, string advice, Reporter reporter) =>
        reporter.ReportAttribute(
            Descriptors.StrayEvent, attribute.Data, method, attribute.Name, method.MethodKind == MethodKind.AnonymousFunction ? "lambda" : method.Name, advice);
}
