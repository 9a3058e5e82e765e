using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Weapp.TestKit;

namespace Weapp.TunnelServer.Tests;

/// <summary>The tables of settings name every option with its default.</summary>
public sealed partial class DocumentedOptionsTests
{
    [Theory]
    [InlineData("docs/tunnel-server.md")]
    [InlineData("docs/tunnel-server.zh-CN.md")]
    public void Every_option_is_documented_with_its_default(string document)
    {
        var defaults = new TunnelServerOptions();
        var expected = typeof(TunnelServerOptions).GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Select(property => $"{property.Name} = {Text(property.Name, property.GetValue(defaults))}")
            .Order(StringComparer.Ordinal);
        var documented = Row().Matches(File.ReadAllText(Repository.PathOf(document)))
            .Select(static row => $"{row.Groups["name"].Value} = {row.Groups["default"].Value.Trim('`', ' ')}")
            .Order(StringComparer.Ordinal);
        Assert.Equal(expected, documented);
    }

    [Fact]
    public void Every_instrument_is_documented_in_both_languages()
    {
        var source = File.ReadAllText(Repository.PathOf("src/Weapp.TunnelServer/Diagnostics/TunnelServerMetrics.cs"));
        var instruments = Instrument().Matches(source).Select(static match => match.Value.Trim('"')).ToList();
        Assert.NotEmpty(instruments);
        foreach (var document in (string[])["docs/observability.md", "docs/observability.zh-CN.md"])
        {
            var text = File.ReadAllText(Repository.PathOf(document));
            Assert.All(instruments, name => Assert.Contains($"| `{name}` |", text, StringComparison.Ordinal));
        }
    }

    private static string Text(string name, object? value) => value switch
    {
        null => "",
        string text => text,
        TimeSpan time => $"{time.TotalSeconds.ToString(CultureInfo.InvariantCulture)} s",
        IEnumerable list => list.Cast<object>().Any() ? throw new NotSupportedException() : "",
        IConvertible number when name.Contains("Bytes", StringComparison.Ordinal) => Bytes(number.ToInt64(CultureInfo.InvariantCulture)),
        _ => value.ToString()!,
    };

    private static string Bytes(long value) => value % (1024 * 1024) == 0 ? $"{value / 1024 / 1024} MiB" : $"{value / 1024} KiB";

    [GeneratedRegex(@"^\| `(?<name>[A-Za-z]+)` \|(?<default>[^|]*)\|", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex("\"weapp\\.tunnel_server\\.[a-z._]+\"")]
    private static partial Regex Instrument();
}
