using Microsoft.CodeAnalysis;
using Weapp.Generators.Model;
using Weapp.Generators.Rules;

namespace Weapp.Generators.Parsing;

/// <summary>Reads a <c>[TunnelClient]</c> interface (WEAPP002, 006, 009, 010). The analyzer calls the same methods with a reporter that speaks.</summary>
internal static class ClientParser
{
    private const string Allowed =
        "a method returns ValueTask<EmitResult> or Task<EmitResult> and takes at most one content, then at most one CancellationToken";

    /// <summary>The interface's model; null where it cannot be implemented.</summary>
    public static ClientModel? Parse(GeneratorAttributeSyntaxContext context, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var client = (INamedTypeSymbol)context.TargetSymbol;
        return Read(client, Reporter.Silent) is { } methods
            ? new(
                HintNames.Of(client, context.SemanticModel.Compilation),
                TypeRef.Display(client),
                FactoryName.Of(client),
                IsPublic(client),
                methods.ToEquatableArray())
            : null;
    }

    /// <summary>Whether a type has the attribute.</summary>
    public static bool IsClient(INamedTypeSymbol type)
    {
        foreach (var attribute in type.GetAttributes())
        {
            if (attribute.IsClientAttribute())
                return true;
        }

        return false;
    }

    /// <summary>Reads an interface's methods and reports what is wrong with it: one thing, and it is not implemented, which null says.</summary>
    public static List<ClientMethodModel>? Read(INamedTypeSymbol client, Reporter reporter)
    {
        var ok = CheckShape(client, reporter);
        List<ClientMethodModel> methods = [];
        Dictionary<string, string> taken = [];
        ok &= ReadMembers(client, client, methods, taken, reporter);
        foreach (var inherited in client.AllInterfaces)
            ok &= ReadMembers(inherited, client, methods, taken, reporter);
        return ok ? methods : null;
    }

    private static bool CheckShape(INamedTypeSymbol client, Reporter reporter)
    {
        string? problem = null;
        if (client.TypeKind != TypeKind.Interface)
            problem = "make it an interface";
        for (var type = client; type is not null; type = type.ContainingType)
        {
            if (type.Arity > 0)
                problem = "remove the type parameters, those of outer types included";
            else if (type.IsFileLocal || type.DeclaredAccessibility is Accessibility.Private or Accessibility.Protected or Accessibility.ProtectedAndInternal)
                problem = $"make '{type.Name}' internal or public, so that its implementation sees it";
        }

        if (problem is not null)
            reporter.Report(Descriptors.ClientMethod, client, client.Name, problem);
        return problem is null;
    }

    private static bool ReadMembers(
        INamedTypeSymbol declaring, INamedTypeSymbol client, List<ClientMethodModel> methods, Dictionary<string, string> taken, Reporter reporter)
    {
        var ok = true;
        var isInherited = !SymbolEqualityComparer.Default.Equals(declaring, client);

        // What is wrong with an inherited interface is said there, if it is a client interface too.
        var own = isInherited ? Reporter.Silent : reporter;
        foreach (var member in declaring.GetMembers())
        {
            // Accessors are spoken of as their property or event; members with a body need no implementation.
            if (!member.IsAbstract || member is INamedTypeSymbol or IMethodSymbol { AssociatedSymbol: not null })
                continue;
            if (member is IMethodSymbol method && ReadMethod(method, own) is { } read)
            {
                ok &= Claim(method, read, isInherited ? client : null, taken, reporter);
                methods.Add(read);
                continue;
            }

            ok = false;
            if (member is not IMethodSymbol)
                own.Report(Descriptors.ClientMethod, member, member.Name, "a client interface has methods only");
            if (isInherited)
            {
                reporter.Report(
                    Descriptors.ClientMethod, client, client.Name, $"correct the member '{declaring.Name}.{member.Name}' that it inherits: {Allowed}");
            }
        }

        return ok;
    }

    private static ClientMethodModel? ReadMethod(IMethodSymbol method, Reporter reporter)
    {
        if (method.IsStatic || method.IsGenericMethod)
            return Fail($"remove {(method.IsStatic ? "'static abstract'" : "its type parameters")}");
        var found = EventAttribute.Of(method).Find(static attribute => attribute.Event == HandlerEvent.Message);
        if (found.Data is not null && found.IsUnknown)
            return null;
        if (found.Data is null || !found.HasMessageType)
            return Fail("say which message it sends: [TunnelMessage(\"type\")]");
        var ok = MessageTypeRule.Check(found, method, reporter);

        ReturnKind? returns = method.ReturnType is INamedTypeSymbol { Arity: 1 } task && task.TypeArguments[0].IsEmitResult()
            ? task.IsValueTask(1) ? ReturnKind.ValueTask : task.IsTask(1) ? ReturnKind.Task : null
            : null;
        if (returns is null)
        {
            if (!method.ReturnType.HasErrors())
                reporter.ReportReturnType(Descriptors.ClientMethod, method, method.Name, "return ValueTask<EmitResult> or Task<EmitResult>");
            ok = false;
        }

        IParameterSymbol? content = null;
        var takesToken = false;
        foreach (var parameter in method.Parameters)
        {
            if (parameter.RefKind == RefKind.None && parameter.Type.IsCancellationToken() && !takesToken)
            {
                takesToken = true;
            }
            else if (parameter.RefKind == RefKind.None && content is null && !takesToken && !parameter.Type.IsCancellationToken())
            {
                content = parameter;
                ok &= ContentTypeRule.CheckWrite(parameter, reporter);
            }
            else
            {
                reporter.ReportParameter(Descriptors.ClientMethod, parameter, method.Name, Allowed);
                ok = false;
            }
        }

        return ok
            ? new(
                TypeRef.Display(method.ContainingType),
                method.Name,
                found.MessageType!,
                returns!.Value,
                content is null ? null : TypeRef.Display(content.Type),
                content is null ? null : ContentParser.ToWrite(content.Type),
                takesToken)
            : null;

        ClientMethodModel? Fail(string advice)
        {
            reporter.Report(Descriptors.ClientMethod, method, method.Name, advice);
            return null;
        }
    }

    private static bool Claim(
        IMethodSymbol method, ClientMethodModel read, INamedTypeSymbol? inheritor, Dictionary<string, string> taken, Reporter reporter)
    {
        if (!taken.TryGetValue(read.MessageType, out var other))
        {
            taken.Add(read.MessageType, method.Name);
            return true;
        }

        var what = $"The message type '{read.MessageType}'";
        if (inheritor is not null)
            reporter.Report(Descriptors.DuplicateMessage, inheritor, what, other);
        else
            reporter.ReportAttribute(
                Descriptors.DuplicateMessage, EventAttribute.Of(method).Find(static a => a.Event == HandlerEvent.Message).Data, method, what, other);
        return false;
    }

    private static bool IsPublic(INamedTypeSymbol type)
    {
        for (var outer = type; outer is not null; outer = outer.ContainingType)
        {
            if (outer.DeclaredAccessibility != Accessibility.Public)
                return false;
        }

        return true;
    }
}
