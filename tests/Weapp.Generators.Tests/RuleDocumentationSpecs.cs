using System.Reflection;
using System.Text.RegularExpressions;
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
    public void Every_id_is_in_a_release_file() => Assert.Equal(
        Ids,
        ReleaseRows().Matches(Read("AnalyzerReleases.Shipped.md") + "\n" + Read("AnalyzerReleases.Unshipped.md")).Select(static row => row.Groups[1].Value).Order());

    private static string Read(string file) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, file));

    [GeneratedRegex("^## (WEAPP[0-9]{3})$", RegexOptions.Multiline)]
    private static partial Regex Headings();

    [GeneratedRegex("^(WEAPP[0-9]{3}) \\|", RegexOptions.Multiline)]
    private static partial Regex ReleaseRows();
}
