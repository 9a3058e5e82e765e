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

    /// <summary>Decrypts to a JSON text that was made for this user of this app; every way to fail is the same null.</summary>
    /// <param name="encryptedData">What WeChat encrypted.</param>
    /// <param name="iv">Its initial vector.</param>
    /// <param name="keys">The user's <c>session_key</c> and the one before it: data may have been encrypted just before a login.</param>
    /// <param name="user">Whose it must be.</param>
    /// <param name="outcome">What is to be logged, and never answered.</param>
    public static DecryptedData? Decrypt(string encryptedData, string iv, ReadOnlySpan<byte[]?> keys, UserId user, out DecryptOutcome outcome)
    {
        outcome = DecryptOutcome.NoCipherText;
        if (encryptedData.Length is 0 or > MaxLength || SessionKey.Decode(iv) is not { } vector)
            return null;
        var cipher = new byte[encryptedData.Length * 3 / 4];
        if (!Convert.TryFromBase64String(encryptedData, cipher, out var length) || length == 0 || length % 16 != 0)
            return null;
        outcome = DecryptOutcome.NoKeyFits;
        for (var i = 0; i < keys.Length; i++)
        {
            if (keys[i] is not { } key || !DecryptedData.TryRead(Decrypt(cipher.AsSpan(0, length), vector, key), out var data))
                continue;
            if (data.AppId != user.AppId)
                outcome = DecryptOutcome.OtherApp;
            else if (data.OpenId is { Length: > 0 } openId && openId != user.OpenId)
                outcome = DecryptOutcome.OtherUser;
            else
                outcome = i == 0 ? DecryptOutcome.Current : DecryptOutcome.Previous;
            return outcome is DecryptOutcome.Current or DecryptOutcome.Previous ? data : null;
        }

        return null;
    }

    /// <summary>Decrypts a profile that was sent along with a login code.</summary>
    /// <param name="request">What the phone sent.</param>
    /// <param name="session">Who the user is.</param>
    /// <param name="previousKey">The user's <c>session_key</c> before this login.</param>
    /// <param name="appId">Our app.</param>
    /// <param name="now">The time.</param>
    /// <param name="tolerance">How far the profile's time may be from now.</param>
    /// <param name="outcome">What is to be logged, and never answered.</param>
    /// <returns>The user, with the ids that WeChat told us and not those of the profile; null where the profile is not to be believed.</returns>
    public static UserInfo? ReadProfile(
        SessionLoginRequest request, WeChatSession session, byte[]? previousKey, string appId, DateTimeOffset now, TimeSpan tolerance, out DecryptOutcome outcome)
    {
        if (Decrypt(request.EncryptedData!, request.Iv!, [session.Key, previousKey], new UserId(appId, session.OpenId), out outcome) is not { } data)
            return null;
        if (Math.Abs((double)data.Timestamp - now.ToUnixTimeSeconds()) > tolerance.TotalSeconds)
        {
            outcome = DecryptOutcome.OtherTime;
            return null;
        }

        if (UserInfoJson.TryRead(data.Json, out var profile))
            return profile with { OpenId = session.OpenId, UnionId = session.UnionId };
        outcome = DecryptOutcome.NoProfile;
        return null;
    }

    private static byte[] Decrypt(ReadOnlySpan<byte> cipher, byte[] vector, byte[] key)
    {
        using var aes = Aes.Create();
        aes.Key = key;
        var plain = new byte[cipher.Length];
        aes.DecryptCbc(cipher, vector, plain, PaddingMode.None);
        return plain[..^PaddingLength(plain)];
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
}

/// <summary>Whom encrypted data must be about.</summary>
internal readonly record struct UserId(string AppId, string OpenId);

/// <summary>What became of encrypted data: for the log, since all failures have one answer.</summary>
internal enum DecryptOutcome
{
    /// <summary>The user's <c>session_key</c> fits.</summary>
    Current,

    /// <summary>The one before it fits.</summary>
    Previous,

    /// <summary>No base64, of an odd length, or without an initial vector.</summary>
    NoCipherText,

    /// <summary>Neither key gives a JSON text with a watermark: an old key, or changed data.</summary>
    NoKeyFits,

    /// <summary>The watermark is another mini program's.</summary>
    OtherApp,

    /// <summary>The openId is another user's.</summary>
    OtherUser,

    /// <summary>The watermark is too far from now.</summary>
    OtherTime,

    /// <summary>It is no profile.</summary>
    NoProfile,
}

/// <summary>A decrypted text, and what it says of itself.</summary>
/// <param name="Json">The text.</param>
/// <param name="AppId">The mini program of its watermark.</param>
/// <param name="Timestamp">The time of its watermark, in Unix seconds.</param>
/// <param name="OpenId">The user whom it names, if any.</param>
internal sealed record DecryptedData(byte[] Json, string AppId, long Timestamp, string? OpenId)
{
    public static bool TryRead(byte[] json, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out DecryptedData? data)
    {
        data = null;
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
            data = new DecryptedData(json, appId, seconds, root.Text("openId"u8));
            return true;
        }
    }

    public override string ToString() => nameof(DecryptedData);
}
