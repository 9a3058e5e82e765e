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
        if (attribute.IsUnknown)
            return null;
        if (method.MethodKind != MethodKind.Ordinary)
        {
            Report(method, "it cannot be called by its name, so put the attribute on an ordinary method", reporter);
            return null;
        }

        var ok = !attribute.HasMessageType || MessageTypeRule.Check(attribute, method, reporter);
        if (method.IsGenericMethod)
        {
            Report(method, "events have no type arguments, so remove its type parameters", reporter);
            ok = false;
        }

        foreach (var rule in method.GetAttributes())
        {
            if (!JsonRules.IsForbidden(rule))
                continue;
            Report(method, "calling it is an error by its own attribute, so take the attribute off it", reporter);
            ok = false;
        }

        var returns = ReadReturn(method, reporter);
        var arguments = new ParameterReader(method, attribute, reporter).Read();
        return ok && returns is not null && arguments is not null
            ? new(attribute.Event, attribute.MessageType, method.Name, method.IsStatic, returns.Value, arguments.ToEquatableArray())
            : null;
    }

    private static void Report(IMethodSymbol method, string advice, Reporter reporter) =>
        reporter.Report(Descriptors.HandlerMethod, method, "The declaration", method.Name, advice);

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

        if (!method.ReturnType.HasErrors())
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
