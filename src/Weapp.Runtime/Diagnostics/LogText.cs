using System.Globalization;
using System.Text;

namespace Weapp.Diagnostics;

/// <summary>Texts of phones and tunnel servers on their way into a log: they stay short and on their line, and turn nothing around.</summary>
internal static class LogText
{
    private const int MaxLength = 64;

    // As the tunnel server shows it.
    private const int ShownOfId = 6;

    public static string Clean(string text) => Clean(text, MaxLength);

    /// <summary>The beginning of a tunnel's id.</summary>
    public static string Short(string tunnelId) => Clean(tunnelId, ShownOfId);

    private static string Clean(string text, int length)
    {
        var clean = new StringBuilder(Math.Min(text.Length, length + 2));
        foreach (var rune in text.EnumerateRunes())
        {
            if (clean.Length >= length)
                return clean.Append('…').ToString();
            clean.Append(IsHarmless(rune) ? rune : new Rune('?'));
        }

        return clean.ToString();
    }

    private static bool IsHarmless(Rune rune) => Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
}
