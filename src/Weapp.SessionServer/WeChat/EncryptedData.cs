using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text.Json;
using Weapp.Protocol.Sessions;
using Weapp.Protocol.Text;

namespace Weapp.SessionServer.WeChat;

/// <summary>
/// What WeChat encrypts for a mini program: AES-128-CBC with the session's key. The cipher proves nothing, so that whoever can change
/// the data can change what it says; what is believed is bounded by the watermark and by what code2session said.
/// </summary>
internal static class EncryptedData
{
    /// <summary>The longest encrypted text that is looked at, in characters of base64.</summary>
    private const int MaxLength = 64 * 1024;

    /// <summary>Decrypts to a JSON text whose watermark is our app's; every way to fail is the same null.</summary>
    public static byte[]? Decrypt(string encryptedData, string iv, byte[] key, string appId, out Watermark watermark)
    {
        watermark = default;
        if (encryptedData.Length is 0 or > MaxLength || SessionKey.Decode(iv) is not { } vector)
            return null;
        var cipher = new byte[encryptedData.Length * 3 / 4];
        if (!Convert.TryFromBase64String(encryptedData, cipher, out var length) || length == 0 || length % 16 != 0)
            return null;
        using var aes = Aes.Create();
        aes.Key = key;
        var plain = new byte[length];
        aes.DecryptCbc(cipher.AsSpan(0, length), vector, plain, PaddingMode.None);
        var unpadded = plain.AsMemory(0, length - PaddingLength(plain));
        return Watermark.TryRead(unpadded, out watermark) && watermark.AppId == appId ? unpadded.ToArray() : null;
    }

    /// <summary>
    /// The length of the PKCS#7 padding, or 0 for bytes that are none, which then are no JSON either. The framework's own would throw, and
    /// so tell wrong padding from wrong text by the time it takes.
    /// </summary>
    private static int PaddingLength(ReadOnlySpan<byte> plain)
    {
        var length = plain[^1];
        return length is > 0 and <= 16 && !plain[^length..].ContainsAnyExcept(length) ? length : 0;
    }

    /// <summary>Decrypts a profile that was sent along with a login code.</summary>
    /// <param name="request">What the phone sent.</param>
    /// <param name="session">Who the user is: an <c>openId</c> in the profile must be theirs.</param>
    /// <param name="appId">Our app.</param>
    /// <param name="now">The time.</param>
    /// <param name="tolerance">How far the profile's time may be from now.</param>
    /// <param name="user">The user, with the ids that WeChat told us and not those of the profile.</param>
    public static bool TryReadProfile(
        SessionLoginRequest request,
        WeChatSession session,
        string appId,
        DateTimeOffset now,
        TimeSpan tolerance,
        [NotNullWhen(true)] out UserInfo? user)
    {
        user = null;
        var plain = Decrypt(request.EncryptedData!, request.Iv!, session.Key, appId, out var watermark);
        if (plain is null
            || Math.Abs((double)watermark.Timestamp - now.ToUnixTimeSeconds()) > tolerance.TotalSeconds
            || !UserInfoJson.TryRead(plain, out var profile)
            || (profile.OpenId.Length > 0 && profile.OpenId != session.OpenId))
            return false;
        user = profile with { OpenId = session.OpenId, UnionId = session.UnionId };
        return true;
    }
}

/// <summary>Whom an encrypted text was made for, and when.</summary>
/// <param name="AppId">The mini program.</param>
/// <param name="Timestamp">Unix seconds.</param>
internal readonly record struct Watermark(string AppId, long Timestamp)
{
    public static bool TryRead(ReadOnlyMemory<byte> json, out Watermark watermark)
    {
        watermark = default;
        if (!StrictDocument.TryParse(json, out var document))
            return false;
        using (document)
        {
            if (document.RootElement is not { ValueKind: JsonValueKind.Object } root
                || !root.TryGetProperty("watermark"u8, out var mark)
                || mark.ValueKind != JsonValueKind.Object
                || mark.Text("appid"u8) is not { } appId
                || !mark.TryGetProperty("timestamp"u8, out var timestamp)
                || timestamp.ValueKind != JsonValueKind.Number
                || !timestamp.TryGetInt64(out var seconds))
                return false;
            watermark = new Watermark(appId, seconds);
            return true;
        }
    }
}
