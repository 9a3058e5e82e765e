using System.Text.RegularExpressions;

namespace Weapp.TestKit;

/// <summary>The code blocks of a document, so that tests can hold it to its word.</summary>
public static partial class Markdown
{
    /// <summary>The blocks of one language, in their order.</summary>
    /// <param name="document">The document, relative to the repository's root.</param>
    /// <param name="language">What follows the opening fence.</param>
    public static IReadOnlyList<string> Blocks(string document, string language) =>
    [
        .. Fence().Matches(File.ReadAllText(Repository.PathOf(document)))
            .Where(block => block.Groups["language"].Value == language)
            .Select(block => block.Groups["code"].Value),
    ];

    /// <summary>The languages of all blocks.</summary>
    /// <param name="document">The document, relative to the repository's root.</param>
    public static IReadOnlySet<string> Languages(string document) =>
        Fence().Matches(File.ReadAllText(Repository.PathOf(document))).Select(block => block.Groups["language"].Value).ToHashSet();

    [GeneratedRegex(@"^```(?<language>\w*)\n(?<code>.*?)^```$", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Fence();
}
