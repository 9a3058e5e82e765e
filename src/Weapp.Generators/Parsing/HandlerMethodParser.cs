using Microsoft.CodeAnalysis;
using Weapp.Generators.Model;
using Weapp.Generators.Rules;

namespace Weapp.Generators.Parsing;

/// <summary>Reads one annotated method of a handler (WEAPP003, 006, 007, 010). Every problem is reported, not only the first.</summary>
internal static class HandlerMethodParser
{
    /// <summary>The method's model; null where something about it is not supported.</summary>
    public static HandlerMethodModel? Parse(IMethodSymbol method, EventAttribute attribute, Reporter reporter)
    {
        var ok = !attribute.HasMessageType || MessageTypeRule.Check(attribute, method, reporter);
        ok &= CheckDeclaration(method, reporter);
        var returns = ReadReturn(method, reporter);
        var arguments = new ParameterReader(method, attribute, reporter).Read();
        return ok && returns is not null && arguments is not null
            ? new(attribute.Event, attribute.MessageType, method.Name, method.IsStatic, returns.Value, arguments.ToEquatableArray())
            : null;
    }

    private static bool CheckDeclaration(IMethodSymbol method, Reporter reporter)
    {
        string? problem = null;
        if (method.IsGenericMethod)
            problem = "events have no type arguments, so remove its type parameters";
        else if (method.MethodKind != MethodKind.Ordinary)
            problem = "it cannot be called by its name, so put the attribute on an ordinary method";
        if (problem is not null)
            reporter.Report(Descriptors.HandlerMethod, method, "The declaration", method.Name, problem);
        return problem is null;
    }

    private static ReturnKind? ReadReturn(IMethodSymbol method, Reporter reporter)
    {
        if (method is { ReturnsVoid: true, IsAsync: true })
        {
            reporter.ReportReturnType(Descriptors.AsyncVoid, method, method.Name);
            return null;
        }

        if (method.ReturnsVoid)
            return ReturnKind.Void;
        if (method.RefKind == RefKind.None)
        {
            if (method.ReturnType.IsTask())
                return ReturnKind.Task;
            if (method.ReturnType.IsValueTask())
                return ReturnKind.ValueTask;
        }

        if (method.ReturnType.TypeKind != TypeKind.Error)
        {
            reporter.ReportReturnType(
                Descriptors.HandlerMethod,
                method,
                $"The return type '{method.ReturnType.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat)}'",
                method.Name,
                "return void, Task or ValueTask");
        }

        return null;
    }
}
