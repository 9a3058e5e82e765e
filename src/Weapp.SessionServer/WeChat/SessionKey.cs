namespace Weapp.SessionServer.WeChat;

/// <summary>The form of what WeChat hands out: keys and initial vectors are 16 bytes as base64, codes are short and plain.</summary>
internal static class SessionKey
{
    public const int Length = 16;

    private const int MaxCodeLength = 128;

    /// <summary>Sixteen bytes from exactly 24 characters; null for any other text.</summary>
    public static byte[]? Decode(string text)
    {
        var bytes = new byte[Length];
        return text.Length == 24 && !text.AsSpan().ContainsAnyExceptInRange('!', '~')
            && Convert.TryFromBase64String(text, bytes, out var length) && length == Length
            ? bytes
            : null;
    }

    /// <summary>Whether a login code can be one: anything else is not even asked about.</summary>
    public static bool IsCode(string code) => code.Length is > 0 and <= MaxCodeLength && code.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');
}
