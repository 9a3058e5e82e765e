using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;

namespace Weapp.TestKit;

/// <summary>The documents' tables of settings, and what they must say: <c>Name = default</c>.</summary>
public static partial class SettingsTable
{
    /// <summary>What the tables of a document say, in the order of the names.</summary>
    /// <param name="document">The document, relative to the repository's root, in either language.</param>
    public static IEnumerable<string> In(string document) => Row().Matches(File.ReadAllText(Repository.PathOf(document)))
        .Select(static row => $"{row.Groups["name"].Value} = {row.Groups["default"].Value.Trim('`', ' ').Replace("天", "days", StringComparison.Ordinal).Replace("分钟", "min", StringComparison.Ordinal)}")
        .Order(StringComparer.Ordinal);

    /// <summary>What they must say of options, in the order of the names.</summary>
    /// <param name="options">Objects with the defaults.</param>
    public static IEnumerable<string> Of(params object[] options) => options.SelectMany(static one => Lines(one, "")).Order(StringComparer.Ordinal);

    private static IEnumerable<string> Lines(object options, string prefix) => options.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance).SelectMany(property =>
        property.GetValue(options) is { } value && property.PropertyType.IsClass && value is not (string or IEnumerable)
            ? Lines(value, $"{prefix}{property.Name}:")
            : [$"{prefix}{property.Name} = {Text(property.Name, property.GetValue(options))}"]);

    private static string Text(string name, object? value) => value switch
    {
        null => "",
        string text => text,
        TimeSpan time when time > TimeSpan.Zero && time.Ticks % TimeSpan.TicksPerDay == 0 => $"{time.Days} days",
        TimeSpan time when time.Seconds == 0 && time.TotalMinutes >= 2 => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMinutes} min"),
        TimeSpan time => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds} s"),
        IEnumerable list => list.Cast<object>().Any() ? throw new NotSupportedException() : "",
        IConvertible number when name.Contains("Bytes", StringComparison.Ordinal) => Bytes(number.ToInt64(CultureInfo.InvariantCulture)),
        _ => value.ToString()!,
    };

    private static string Bytes(long value) => value % (1024 * 1024) == 0 ? $"{value / 1024 / 1024} MiB" : $"{value / 1024} KiB";

    [GeneratedRegex(@"^\| `(?<name>[A-Z][A-Za-z:]*)` \|(?<default>[^|]*)\|", RegexOptions.Multiline)]
    private static partial Regex Row();
}
