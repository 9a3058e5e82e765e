using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Weapp.Protocol.Sessions;

namespace Weapp.SessionServer.WeChat;

/// <summary>A WeChat in this process: its codes are used once and live five minutes, and its profiles are really encrypted.</summary>
internal sealed class DevelopmentWeChat(IOptions<SessionServerOptions> options, TimeProvider time)
{
    private static readonly TimeSpan CodeLifetime = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<string, Issued> _codes = new();
    private readonly ConcurrentDictionary<(string AppId, string OpenId), byte[]> _keys = new();
    private readonly ConcurrentDictionary<string, string> _tokens = new();
    private readonly string? _appId = options.Value.DefaultAppId;

    /// <summary>The user of a login code, which is used up by it; null for a code that is none of the mini program's.</summary>
    public WeChatSession? Exchange(string appId, string code) =>
        _codes.TryGetValue(code, out var issued) && issued.AppId == appId && _codes.TryRemove(code, out issued) && issued.Expires > time.GetUtcNow()
            ? issued.Session
            : null;

    /// <summary>The mini program's access token, the same for everybody who asks.</summary>
    public string Token(string appId) => _tokens.GetOrAdd(appId, static _ => RandomText());

    /// <summary>The user's <c>session_key</c>, for who shows a token and signs with that key; null for anybody else.</summary>
    public byte[]? FindKey(string token, string openId, string signature, out string appId)
    {
        appId = _tokens.FirstOrDefault(pair => pair.Value == token).Key ?? "";
        return _keys.TryGetValue((appId, openId), out var key) && WeChatClient.Sign(key, "") == signature ? key : null;
    }

    /// <summary>Whether a token is one of ours.</summary>
    public bool IsToken(string token) => _tokens.Values.Contains(token);

    /// <summary>Gives a user another <c>session_key</c>.</summary>
    public byte[] ResetKey(string appId, string openId) => _keys[(appId, openId)] = RandomNumberGenerator.GetBytes(SessionKey.Length);

    /// <summary>What <c>wx.login</c> and <c>wx.getUserInfo</c> would give to a phone. The same nickname is the same user.</summary>
    /// <param name="nickName">Who logs in.</param>
    /// <param name="appId">In which mini program; null for our own.</param>
    public DevelopmentLogin? Login(string nickName, string? appId)
    {
        if ((appId ?? _appId) is not { } app || options.Value.SecretOf(app) is null)
            return null;
        var now = time.GetUtcNow();
        foreach (var (expiredCode, issued) in _codes)
        {
            if (issued.Expires <= now)
                _codes.TryRemove(expiredCode, out _);
        }

        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(app == _appId ? $"weapp development {nickName}" : $"weapp development {app} {nickName}"));
        var user = new UserInfo
        {
            NickName = nickName,
            AvatarUrl = Avatar(nickName, hash),
            Gender = hash[30] % 3,
            Language = "zh_CN",
            City = "广州",
            Province = "广东",
            Country = "中国",
        };
        var openId = "o" + Base64Url.EncodeToString(hash)[..27];
        var key = ResetKey(app, openId);
        var code = RandomText();
        _codes[code] = new Issued(app, new WeChatSession(openId, null, key), now + CodeLifetime);

        var rawData = Encoding.UTF8.GetString(PublicJson(user));
        var iv = RandomNumberGenerator.GetBytes(SessionKey.Length);
        using var aes = Aes.Create();
        aes.Key = key;
        var encrypted = aes.EncryptCbc(UserInfoJson.ToUtf8(user with { OpenId = openId, Extra = Mark(app, now) }), iv);
        return new DevelopmentLogin(
            code,
            Convert.ToBase64String(encrypted),
            Convert.ToBase64String(iv),
            rawData,
            Convert.ToHexStringLower(SHA1.HashData(Encoding.UTF8.GetBytes(rawData + Convert.ToBase64String(key)))));
    }

    private static string RandomText() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(24));

    /// <summary>What a phone sees without decrypting: the profile without the user's ids.</summary>
    private static byte[] PublicJson(UserInfo user)
    {
        using var document = JsonDocument.Parse(UserInfoJson.ToUtf8(user));
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            foreach (var member in document.RootElement.EnumerateObject().Where(static member => member.Name != "openId"))
                member.WriteTo(writer);
            writer.WriteEndObject();
        }

        return stream.ToArray();
    }

    private static Dictionary<string, JsonElement> Mark(string appId, DateTimeOffset now)
    {
        using var document = JsonDocument.Parse($"{{\"timestamp\":{now.ToUnixTimeSeconds()},\"appid\":\"{JsonEncodedText.Encode(appId)}\"}}");
        return new Dictionary<string, JsonElement> { ["watermark"] = document.RootElement.Clone() };
    }

    /// <summary>The first character on a coloured square, as an image that needs no server.</summary>
    private static string Avatar(string nickName, byte[] hash) =>
        "data:image/svg+xml,"
        + Uri.EscapeDataString(
            "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 9 9'>"
            + $"<rect width='9' height='9' fill='hsl({((hash[28] << 8) | hash[29]) % 360} 55% 50%)'/>"
            + $"<text x='4.5' y='6.3' font-size='5' text-anchor='middle' fill='#fff'>{System.Net.WebUtility.HtmlEncode(nickName.EnumerateRunes().First().ToString())}</text></svg>");

    private readonly record struct Issued(string AppId, WeChatSession Session, DateTimeOffset Expires);
}

/// <summary>What a phone gets from <c>wx.login</c> and <c>wx.getUserInfo</c>.</summary>
internal sealed record DevelopmentLogin(string Code, string EncryptedData, string Iv, string RawData, string Signature);
