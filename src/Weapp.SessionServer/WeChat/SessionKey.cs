namespace Weapp.SessionServer.WeChat;

/// <summary>The form of what WeChat hands out: keys and initial vectors are 16 bytes as base64, codes and ids are short and plain.</summary>
internal static class SessionKey
{
    public const int Length = 16;

    private const int MaxPlainLength = 128;

    /// <summary>Sixteen bytes from exactly 24 characters; null for any other text.</summary>
    public static byte[]? Decode(string text)
    {
        var bytes = new byte[Length];
        return text.Length == 24 && !text.AsSpan().ContainsAnyExceptInRange('!', '~')
            && Convert.TryFromBase64String(text, bytes, out var length) && length == Length
            ? bytes
            : null;
    }

    /// <summary>Whether a login code, an openId or a unionId can be one: any other code is not even asked about, and any other id not stored.</summary>
    public static bool IsPlain(string text) => text.Length is > 0 and <= MaxPlainLength && text.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');
}
