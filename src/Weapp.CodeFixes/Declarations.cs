using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Weapp.CodeFixes;

/// <summary>Edits of type declarations that leave comments and indentation where they are.</summary>
internal static class Declarations
{
    /// <summary>The type and those around it, the innermost first.</summary>
    public static IEnumerable<TypeDeclarationSyntax> WithOuterTypes(this TypeDeclarationSyntax type) => type.AncestorsAndSelf().OfType<TypeDeclarationSyntax>();

    public static bool IsPartial(this TypeDeclarationSyntax type) => type.Modifiers.Any(SyntaxKind.PartialKeyword);

    /// <summary>The declaration with <c>partial</c> right before its keyword.</summary>
    public static TypeDeclarationSyntax AddPartial(this TypeDeclarationSyntax type)
    {
        if (type.IsPartial())
            return type;
        var partial = SyntaxFactory.Token(SyntaxKind.PartialKeyword).WithTrailingTrivia(SyntaxFactory.Space);
        if (type.Modifiers.Count > 0)
            return type.WithModifiers(type.Modifiers.Add(partial));
        return type
            .WithModifiers(SyntaxFactory.TokenList(partial.WithLeadingTrivia(type.Keyword.LeadingTrivia)))
            .WithKeyword(type.Keyword.WithLeadingTrivia());
    }

    /// <summary>The declaration with an attribute on a line of its own, after its comments and before its other attributes.</summary>
    public static TypeDeclarationSyntax AddAttribute(this TypeDeclarationSyntax type, NameSyntax name, SyntaxTrivia endOfLine) =>
        type.AddAttribute(SyntaxFactory.Attribute(name.WithoutTrivia()), endOfLine);

    public static TypeDeclarationSyntax AddAttribute(this TypeDeclarationSyntax type, AttributeSyntax added, SyntaxTrivia endOfLine)
    {
        var before = type.GetLeadingTrivia();
        var indentation = before.Count > 0 && before[before.Count - 1] is var last && last.IsKind(SyntaxKind.WhitespaceTrivia)
            ? SyntaxFactory.TriviaList(last)
            : default;
        var attribute = SyntaxFactory.AttributeList(SyntaxFactory.SingletonSeparatedList(added))
            .WithLeadingTrivia(before)
            .WithTrailingTrivia(endOfLine);
        var rest = type.WithLeadingTrivia(indentation);
        return (TypeDeclarationSyntax)rest.WithAttributeLists(rest.AttributeLists.Insert(0, attribute));
    }

    /// <summary>How the file ends its lines.</summary>
    public static SyntaxTrivia EndOfLine(this SyntaxNode root) =>
        root.DescendantTrivia().FirstOrDefault(static trivia => trivia.IsKind(SyntaxKind.EndOfLineTrivia)) is var found && found.IsKind(SyntaxKind.EndOfLineTrivia)
            ? found
            : SyntaxFactory.LineFeed;
}
