namespace Weapp.Outbound;

/// <summary>Finds halves of characters in written contents: the JSON writer puts U+FFFD in their place, and says nothing.</summary>
internal static class LoneSurrogates
{
    /// <summary>Whether a text had one.</summary>
    /// <param name="json">What was written. Its writer escapes U+FFFD where it stands for half a character, and only there.</param>
    public static bool WereIn(ReadOnlySpan<byte> json)
    {
        while (json.IndexOf("\\uFFFD"u8) is >= 0 and var found)
        {
            // An even number of backslashes before it are escaped themselves.
            var before = json[..found];
            if ((before.Length - before.TrimEnd((byte)'\\').Length) % 2 == 0)
                return true;
            json = json[(found + 1)..];
        }

        return false;
    }
}
