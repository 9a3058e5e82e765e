using System.Text.RegularExpressions;
using Weapp.TestKit;

namespace Weapp.IntegrationTests.Readme;

/// <summary>What the documents refer to is there.</summary>
public sealed partial class LinkTests
{
    public static TheoryData<string> Documents =>
    [
        .. new[] { "", "docs", "benchmarks" }
            .SelectMany(static folder => Directory.EnumerateFiles(Repository.PathOf(folder), "*.md"))
            .Select(static file => Path.GetRelativePath(Repository.Root, file)),
    ];

    [Theory]
    [MemberData(nameof(Documents))]
    public void Its_links_lead_to_files_and_sections_that_exist(string document)
    {
        var folder = Path.GetDirectoryName(Repository.PathOf(document))!;
        var broken = Link().Matches(Prose(Repository.PathOf(document))).Select(static link => link.Groups["target"].Value).Where(target =>
        {
            var parts = target.Split('#');
            var file = parts[0].Length == 0 ? Repository.PathOf(document) : Path.Combine(folder, parts[0]);
            return !Path.Exists(file) || (parts.Length > 1 && !Sections(file).Contains(parts[1]));
        });
        Assert.Empty(broken);
    }

    [Fact]
    public void Both_languages_have_as_many_sections_and_rows()
    {
        string[] translated = [.. Documents.Select(static row => row.Data).Where(static document => document.EndsWith(".zh-CN.md", StringComparison.Ordinal))];
        Assert.NotEmpty(translated);
        Assert.All(translated, static document => Assert.Equal(
            Marks(document.Replace(".zh-CN", "", StringComparison.Ordinal)), Marks(document)));
    }

    private static (int Sections, int Rows) Marks(string document)
    {
        var lines = Prose(Repository.PathOf(document)).Split('\n');
        return (lines.Count(static line => line.StartsWith('#')), lines.Count(static line => line.StartsWith('|')));
    }

    // As GitHub makes them.
    private static HashSet<string> Sections(string file) =>
    [
        .. Heading().Matches(Prose(file)).Select(static heading => string.Concat(
            heading.Groups["text"].Value.Trim().ToLowerInvariant().Replace(' ', '-').Where(static c => char.IsLetterOrDigit(c) || c is '-' or '_'))),
    ];

    private static string Prose(string file) => Fence().Replace(File.ReadAllText(file), "");

    [GeneratedRegex(@"\]\((?!https?:)(?<target>[^)]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("^#+ (?<text>.*)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex("^```.*?^```$", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Fence();
}
