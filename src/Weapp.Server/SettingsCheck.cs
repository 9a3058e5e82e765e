using System.Collections;
using System.Reflection;

namespace Weapp.Server;

/// <summary>Finds settings that nobody reads: mostly names with a slip of the pen.</summary>
internal static class SettingsCheck
{
    private static readonly string[] Own = ["Enabled"];

    /// <summary>The unknown settings of a section, with the name that was probably meant.</summary>
    /// <param name="section">The section.</param>
    /// <param name="options">The type of its options.</param>
    public static IEnumerable<(string Path, string? Meant)> FindUnknown(IConfigurationSection section, Type options) => FindUnknown(section, options, Own);

    private static IEnumerable<(string Path, string? Meant)> FindUnknown(IConfigurationSection section, Type options, string[] more)
    {
        var known = options.GetProperties(BindingFlags.Public | BindingFlags.Instance).ToDictionary(static property => property.Name, StringComparer.OrdinalIgnoreCase);
        foreach (var child in section.GetChildren())
        {
            if (more.Contains(child.Key, StringComparer.OrdinalIgnoreCase))
                continue;
            if (!known.TryGetValue(child.Key, out var property))
                yield return (child.Path, Nearest(child.Key, [.. known.Keys, .. more]));
            else if (HasSettings(property.PropertyType))
            {
                foreach (var unknown in FindUnknown(child, property.PropertyType, []))
                    yield return unknown;
            }
            else if (typeof(IDictionary<string, string>).IsAssignableFrom(property.PropertyType))
            {
                // A name with a colon in it, which configuration takes for two.
                foreach (var nested in child.GetChildren().SelectMany(static entry => entry.GetChildren()))
                    yield return (nested.Path, null);
            }
        }
    }

    private static bool HasSettings(Type type) => type.IsClass && type != typeof(string) && !typeof(IEnumerable).IsAssignableFrom(type);

    private static string? Nearest(string name, IEnumerable<string> known)
    {
        var nearest = known.MinBy(candidate => Distance(name, candidate))!;
        return Distance(name, nearest) <= Math.Max(2, name.Length / 3) ? nearest : null;
    }

    // How many letters must be added, left out or changed.
    private static int Distance(string left, string right)
    {
        var row = Enumerable.Range(0, right.Length + 1).ToArray();
        for (var i = 1; i <= left.Length; i++)
        {
            (var diagonal, row[0]) = (row[0], i);
            for (var j = 1; j <= right.Length; j++)
            {
                var cost = char.ToUpperInvariant(left[i - 1]) == char.ToUpperInvariant(right[j - 1]) ? 0 : 1;
                (diagonal, row[j]) = (row[j], Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + cost));
            }
        }

        return row[^1];
    }
}
