using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Weapp.Generators.Parsing;

namespace Weapp.Generators.Rules;

/// <summary>WEAPP010: what a message type may look like.</summary>
internal static class MessageTypeRule
{
    /// <summary>The longest message type, in characters.</summary>
    public const int MaxLength = 128;

    /// <summary>Whether an attribute that names a message type names a good one.</summary>
    public static bool Check(EventAttribute attribute, IMethodSymbol method, Reporter reporter)
    {
        if (Problem(attribute.MessageType) is not { } problem)
            return true;
        var shown = attribute.MessageType is { } type ? SymbolDisplay.FormatLiteral(type, quote: true) : "null";
        reporter.ReportAttribute(Descriptors.MessageType, attribute.Data, method, shown, problem);
        return false;
    }

    private static string? Problem(string? type)
    {
        if (string.IsNullOrEmpty(type))
            return "give it at least one character";
        if (type!.Length > MaxLength)
            return "shorten it to 128 characters";
        for (var i = 0; i < type.Length; i++)
        {
            if (char.IsWhiteSpace(type, i))
                return "remove its white space";
            if (char.IsControl(type, i))
                return "remove its control characters";
            if (!char.IsSurrogate(type, i))
                continue;
            if (!char.IsSurrogatePair(type, i))
                return "remove its lone surrogates, which are no text";
            i++;
        }

        return null;
    }
}
