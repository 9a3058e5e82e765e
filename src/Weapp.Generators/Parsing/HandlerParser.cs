using Microsoft.CodeAnalysis;
using Weapp.Generators.Emitting;
using Weapp.Generators.Model;
using Weapp.Generators.Rules;

namespace Weapp.Generators.Parsing;

/// <summary>Reads a <c>[TunnelHandler]</c> class. The analyzer calls the same methods with a reporter that speaks.</summary>
internal static class HandlerParser
{
    /// <summary>What became of the class; null where another of its attributes or declarations speaks for it.</summary>
    public static ParsedHandler? Parse(GeneratorAttributeSyntaxContext context, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var handler = (INamedTypeSymbol)context.TargetSymbol;
        var attribute = AttributeOf(handler);
        if (attribute?.ApplicationSyntaxReference?.GetSyntax(cancellationToken).Parent?.Parent != context.TargetNode
            || attribute.AttributeClass?.Arity != context.Attributes[0].AttributeClass?.Arity)
            return null;

        List<ShapeProblem> problems = [];
        foreach (var (at, advice) in HandlerShapeRule.Find(handler))
            problems.Add(new(handler.Name, advice, at.Locations[0].SourceTree!.FilePath, at.Locations[0].SourceSpan));
        var model = problems.Count == 0 ? Parse(handler, attribute, context.SemanticModel.Compilation, Reporter.Silent) : null;
        return new(model, problems.ToEquatableArray());
    }

    /// <summary>The attribute that makes a class a handler; where somebody wrote both, the one with the client.</summary>
    public static AttributeData? AttributeOf(INamedTypeSymbol type)
    {
        AttributeData? found = null;
        foreach (var attribute in type.GetAttributes())
        {
            if (attribute.IsHandlerAttribute() && (found is null || found.AttributeClass!.Arity < attribute.AttributeClass!.Arity))
                found = attribute;
        }

        return found;
    }

    /// <summary>Reads a handler and reports what is wrong with it; methods that are wrong are left out of the model.</summary>
    public static HandlerModel Parse(INamedTypeSymbol handler, AttributeData attribute, Compilation compilation, Reporter reporter)
    {
        var client = ReadClient(handler, attribute, reporter);
        var methods = new HandlerMethodsReader(handler, compilation, reporter).Read();
        return new(
            HintNames.Of(handler, compilation),
            handler.NamespaceName(),
            OuterTypes(handler),
            handler.IsRecord ? "record" : "class",
            Code.Identifier(handler.Name),
            TypeRef.Display(handler),
            DispatcherName(handler),
            client?.FullName,
            methods.ToEquatableArray());
    }

    private static FactoryName? ReadClient(INamedTypeSymbol handler, AttributeData attribute, Reporter reporter)
    {
        if (attribute.AttributeClass is not { Arity: 1 } typed || typed.TypeArguments[0] is not INamedTypeSymbol { TypeKind: not TypeKind.Error } client)
            return null;
        if (ClientParser.IsClient(client))
            return ClientParser.Read(client, Reporter.Silent) is null ? null : FactoryName.Of(client);
        reporter.ReportAttribute(Descriptors.ClientMethod, attribute, handler, client.Name, "put [TunnelClient] on it; it must be an interface");
        return null;
    }

    private static EquatableArray<OuterType> OuterTypes(INamedTypeSymbol handler)
    {
        List<OuterType> outers = [];
        for (var outer = handler.ContainingType; outer is not null; outer = outer.ContainingType)
            outers.Insert(0, new(Keyword(outer), Code.Identifier(outer.Name)));
        return outers.ToEquatableArray();
    }

    private static string Keyword(INamedTypeSymbol type) => type switch
    {
        { TypeKind: TypeKind.Interface } => "interface",
        { TypeKind: TypeKind.Struct, IsRecord: true } => "record struct",
        { TypeKind: TypeKind.Struct } => "struct",
        { IsRecord: true } => "record",
        _ => "class",
    };

    private static string DispatcherName(INamedTypeSymbol handler)
    {
        const string Plain = "GeneratedDispatcher";
        var name = Plain;
        for (var i = 2; HasMember(handler, name); i++)
            name = Plain + Code.Number(i);
        return name;
    }

    private static bool HasMember(INamedTypeSymbol handler, string name)
    {
        for (var type = handler; type is not null; type = type.BaseType)
        {
            if (type.Name == name || type.GetMembers(name).Length > 0)
                return true;
        }

        return false;
    }
}
