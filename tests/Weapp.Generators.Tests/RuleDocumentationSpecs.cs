using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.CodeFixes;
using Weapp.CodeFixes;
using Weapp.Generators.Rules;

namespace Weapp.Generators.Tests;

/// <summary>Ids, descriptors, release files and documentation say the same.</summary>
public sealed partial class RuleDocumentationSpecs
{
    private static readonly string[] Ids =
        [.. typeof(DiagnosticIds).GetFields(BindingFlags.Public | BindingFlags.Static).Select(static field => (string)field.GetRawConstantValue()!).Order()];

    [Fact]
    public void Every_id_has_one_descriptor() => Assert.Equal(Ids, new TunnelAnalyzer().SupportedDiagnostics.Select(static rule => rule.Id).Order());

    [Fact]
    public void Every_id_has_one_section_and_its_help_link_leads_there()
    {
        Assert.Equal(Ids, Headings().Matches(Read("diagnostics.md")).Select(static heading => heading.Groups[1].Value).Order());
        Assert.All(
            new TunnelAnalyzer().SupportedDiagnostics,
            static rule => Assert.EndsWith("docs/diagnostics.md#" + rule.Id.ToLowerInvariant(), rule.HelpLinkUri, StringComparison.Ordinal));
    }

    [Fact]
    public void The_table_says_how_severe_each_rule_is_and_which_have_a_fix()
    {
        var fixable = typeof(PartialFixProvider).Assembly.GetTypes()
            .Where(static type => typeof(CodeFixProvider).IsAssignableFrom(type) && !type.IsAbstract)
            .SelectMany(static type => ((CodeFixProvider)Activator.CreateInstance(type)!).FixableDiagnosticIds)
            .ToHashSet();

        Assert.Equal(
            new TunnelAnalyzer().SupportedDiagnostics.OrderBy(static rule => rule.Id)
                .Select(rule => $"{rule.Id} {rule.DefaultSeverity.ToString().ToLowerInvariant()}{(fixable.Contains(rule.Id) ? " fix" : "")}"),
            TableRows().Matches(Read("diagnostics.md"))
                .Select(static row => $"{row.Groups["id"].Value} {row.Groups["severity"].Value}{(string.IsNullOrWhiteSpace(row.Groups["fix"].Value) ? "" : " fix")}"));
    }

    [Fact]
    public void The_release_file_says_severity_and_title_of_each_rule() => Assert.Equal(
        new TunnelAnalyzer().SupportedDiagnostics.OrderBy(static rule => rule.Id).Select(static rule => $"{rule.Id} | {rule.Category} | {rule.DefaultSeverity} | {rule.Title}"),
        ReleaseLines().Matches(Read("AnalyzerReleases.Shipped.md") + "\n" + Read("AnalyzerReleases.Unshipped.md")).Select(static row => row.Value).Order());

    [Fact]
    public void Every_id_is_in_a_release_file() => Assert.Equal(
        Ids,
        ReleaseRows().Matches(Read("AnalyzerReleases.Shipped.md") + "\n" + Read("AnalyzerReleases.Unshipped.md")).Select(static row => row.Groups[1].Value).Order());

    private static string Read(string file) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, file));

    [GeneratedRegex("^## (WEAPP[0-9]{3})$", RegexOptions.Multiline)]
    private static partial Regex Headings();

    [GeneratedRegex(@"^\| \[(?<id>WEAPP[0-9]{3})\]\(#weapp[0-9]{3}\) \| (?<severity>\w+) \| [^|]+ \|(?<fix>[^|]*)\|$", RegexOptions.Multiline)]
    private static partial Regex TableRows();

    [GeneratedRegex("^WEAPP[0-9]{3} \\|.*$", RegexOptions.Multiline)]
    private static partial Regex ReleaseLines();

    [GeneratedRegex("^(WEAPP[0-9]{3}) \\|", RegexOptions.Multiline)]
    private static partial Regex ReleaseRows();
}
