using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace Weapp.Generators.Model;

/// <summary>A reason why a class cannot be completed. It holds no location, since that would hold the compilation.</summary>
/// <param name="Handler">The class.</param>
/// <param name="Advice">What to do.</param>
/// <param name="Path">The file of the name to squiggle.</param>
/// <param name="Span">Where in the file.</param>
internal sealed record ShapeProblem(string Handler, string Advice, string Path, TextSpan Span)
{
    public Location? FindIn(Compilation compilation)
    {
        foreach (var tree in compilation.SyntaxTrees)
        {
            if (tree.FilePath == Path && Span.End <= tree.Length)
                return Location.Create(tree, Span);
        }

        return null;
    }
}
