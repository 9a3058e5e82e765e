using System.Text.RegularExpressions;
using Weapp.TestKit;

namespace Weapp.TunnelServer.Tests;

/// <summary>The documents name every option with its default, and every instrument.</summary>
public sealed partial class DocumentedOptionsTests
{
    [Theory]
    [InlineData("docs/tunnel-server.md")]
    [InlineData("docs/tunnel-server.zh-CN.md")]
    public void Every_option_is_documented_with_its_default(string document) =>
        Assert.Equal(SettingsTable.Of(new TunnelServerOptions()), SettingsTable.In(document));

    [Theory]
    [InlineData("src/Weapp.TunnelServer/Diagnostics/TunnelServerMetrics.cs")]
    [InlineData("src/Weapp.Runtime/Diagnostics/WeappMetrics.cs")]
    public void Every_instrument_is_documented_in_both_languages(string file)
    {
        var source = File.ReadAllText(Repository.PathOf(file));
        var instruments = Instrument().Matches(source).Select(static match => match.Value.Trim('"')).ToList();
        Assert.NotEmpty(instruments);
        foreach (var document in (string[])["docs/observability.md", "docs/observability.zh-CN.md"])
        {
            var text = File.ReadAllText(Repository.PathOf(document));
            Assert.All(instruments, name => Assert.Contains($"| `{name}` |", text, StringComparison.Ordinal));
        }
    }

    [GeneratedRegex("\"weapp\\.[a-z._]+\"")]
    private static partial Regex Instrument();
}
