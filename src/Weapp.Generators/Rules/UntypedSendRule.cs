using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using Weapp.Generators.Parsing;

namespace Weapp.Generators.Rules;

/// <summary>WEAPP011: what a client interface of the compilation declares is sent by it. Other constant types are held to WEAPP004.</summary>
internal sealed class UntypedSendRule(Compilation compilation)
{
    // Most compilations send nothing untyped, so nobody looks for interfaces until one does.
    private readonly Lazy<DeclaredMessages> _declared = new(() => DeclaredMessages.Of(compilation));

    public void Check(IInvocationOperation call, Reporter reporter)
    {
        if (MessageTypeOf(call) is not { } argument || argument.ConstantValue.Value is not string type)
            return;
        var declared = _declared.Value.Find(type);
        if (declared.Count > 0)
            reporter.ReportExpression(Descriptors.UntypedSend, argument.Syntax, type, declared[0].Client.Name, declared[0].Method.Name);
        else if (ClientEventRule.IsClientEvent(type))
            reporter.ReportExpression(Descriptors.ClientEvent, argument.Syntax, type);
    }

    /// <summary>The message type of a call of <c>ITunnels.EmitAsync</c> or <c>BroadcastAsync</c>; null for other calls.</summary>
    public static IOperation? MessageTypeOf(IInvocationOperation call)
    {
        if (call.TargetMethod.Name is not ("EmitAsync" or "BroadcastAsync") || !call.TargetMethod.ContainingType.Is("Weapp", "ITunnels"))
            return null;
        return Argument(call, "messageType");
    }

    /// <summary>What a call passes for a parameter; null for a default value.</summary>
    public static IOperation? Argument(IInvocationOperation call, string parameter)
    {
        foreach (var argument in call.Arguments)
        {
            if (argument.Parameter?.Name == parameter && argument.ArgumentKind == ArgumentKind.Explicit)
                return argument.Value;
        }

        return null;
    }
}
