using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using Microsoft.CodeAnalysis.Text;
using Weapp.Generators.Emitting;
using Weapp.Generators.Parsing;
using Weapp.Generators.Rules;

namespace Weapp.CodeFixes;

/// <summary>WEAPP011: sends by the client interface, where an <c>ITunnels&lt;TClient&gt;</c> is at hand and the typed call compiles.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(TypedCallFixProvider))]
[Shared]
internal sealed class TypedCallFixProvider() : DocumentFixProvider(DiagnosticIds.UntypedSend, "Send by the client interface")
{
    /// <inheritdoc/>
    protected override async Task<SyntaxNode?> FixAsync(
        Document document, SyntaxNode root, IReadOnlyList<TextSpan> spans, CancellationToken cancellationToken)
    {
        if (await document.GetSemanticModelAsync(cancellationToken).ConfigureAwait(false) is not { } model)
            return null;
        var messages = DeclaredMessages.Of(model.Compilation);
        Dictionary<SyntaxNode, InvocationExpressionSyntax> calls = [];
        foreach (var span in spans)
        {
            if (root.FindNode(span, getInnermostNodeForTie: true).FirstAncestorOrSelf<ArgumentSyntax>()?.Parent?.Parent is InvocationExpressionSyntax syntax
                && model.GetOperation(syntax, cancellationToken) is IInvocationOperation call
                && TypedCall(call, syntax, messages, model) is { } typed)
                calls[syntax] = typed.WithTriviaFrom(syntax);
        }

        return calls.Count == 0 ? null : root.ReplaceNodes(calls.Keys, (old, _) => calls[old]);
    }

    private static InvocationExpressionSyntax? TypedCall(IInvocationOperation call, InvocationExpressionSyntax syntax, DeclaredMessages messages, SemanticModel model)
    {
        if (UntypedSendRule.MessageTypeOf(call)?.ConstantValue.Value is not string type || !IsPlain(call, syntax))
            return null;
        foreach (var (client, method) in messages.Find(type))
        {
            var isSameResult = SymbolEqualityComparer.Default.Equals(method.ReturnType, call.TargetMethod.ReturnType);
            if (!isSameResult && syntax.Parent is not AwaitExpressionSyntax)
                continue;
            foreach (var sender in Senders(client, syntax.SpanStart, model))
            {
                var typed = Write(call, sender, method);
                if (SymbolEqualityComparer.Default.Equals(
                    model.GetSpeculativeSymbolInfo(syntax.SpanStart, typed, SpeculativeBindingOption.BindAsExpression).Symbol, method))
                    return typed;
            }
        }

        return null;
    }

    /// <summary>Whether nothing is lost or reordered by writing the call anew.</summary>
    private static bool IsPlain(IInvocationOperation call, InvocationExpressionSyntax syntax)
    {
        var last = -1;
        foreach (var argument in call.Arguments.Where(static argument => argument.ArgumentKind == ArgumentKind.Explicit))
        {
            if (argument.Parameter!.Ordinal < last)
                return false;
            last = argument.Parameter.Ordinal;
        }

        return syntax.ArgumentList.DescendantTrivia().All(static trivia => trivia.Kind() is SyntaxKind.WhitespaceTrivia or SyntaxKind.EndOfLineTrivia);
    }

    /// <summary>What in scope sends by the interface.</summary>
    private static IEnumerable<string> Senders(INamedTypeSymbol client, int position, SemanticModel model) => model.LookupSymbols(position)
        .Where(symbol => (symbol switch
        {
            IParameterSymbol parameter => parameter.Type,
            IFieldSymbol field => field.Type,
            IPropertySymbol property => property.Type,
            ILocalSymbol local when IsAssigned(local, position) => local.Type,
            _ => null,
        }) is INamedTypeSymbol type && type.Is("Weapp", "ITunnels", arity: 1) && SymbolEqualityComparer.Default.Equals(type.TypeArguments[0], client))
        .OrderBy(static symbol => symbol.Kind is not (SymbolKind.Local or SymbolKind.Parameter))
        .ThenBy(static symbol => symbol.Name, StringComparer.Ordinal)
        .Select(static symbol => symbol.Name);

    private static bool IsAssigned(ILocalSymbol local, int position) =>
        local.DeclaringSyntaxReferences.Any(reference => reference.Span.End < position && reference.GetSyntax() is VariableDeclaratorSyntax { Initializer: not null });

    private static InvocationExpressionSyntax Write(IInvocationOperation call, string sender, IMethodSymbol method)
    {
        var isBroadcast = call.TargetMethod.Name == "BroadcastAsync";
        var recipients = Call(
            SyntaxFactory.IdentifierName(Code.Identifier(sender)),
            isBroadcast ? "Broadcast" : "Emit",
            Argument(isBroadcast ? "tunnelIds" : "tunnelId"));
        return Call(recipients, Code.Identifier(method.Name), Argument("content"), Argument("cancellationToken"));

        ExpressionSyntax? Argument(string name) => call.Arguments
            .FirstOrDefault(argument => argument.ArgumentKind == ArgumentKind.Explicit && argument.Parameter?.Name == name)
            ?.Syntax is ArgumentSyntax argument ? argument.Expression.WithoutTrivia() : null;
    }

    private static InvocationExpressionSyntax Call(ExpressionSyntax target, string method, params ExpressionSyntax?[] arguments)
    {
        var written = arguments.OfType<ExpressionSyntax>().Select(SyntaxFactory.Argument).ToList();
        var commas = Enumerable.Repeat(SyntaxFactory.Token(SyntaxKind.CommaToken).WithTrailingTrivia(SyntaxFactory.Space), Math.Max(0, written.Count - 1));
        return SyntaxFactory.InvocationExpression(
            SyntaxFactory.MemberAccessExpression(SyntaxKind.SimpleMemberAccessExpression, target, SyntaxFactory.IdentifierName(method)),
            SyntaxFactory.ArgumentList(SyntaxFactory.SeparatedList(written, commas)));
    }
}
