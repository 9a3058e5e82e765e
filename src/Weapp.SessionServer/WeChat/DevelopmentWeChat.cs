using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Weapp.Protocol.Sessions;

namespace Weapp.SessionServer.WeChat;

/// <summary>A WeChat in this process: its codes are used once and live five minutes, and its profiles are really encrypted.</summary>
internal sealed class DevelopmentWeChat(IOptions<SessionServerOptions> options, TimeProvider time) : IWeChat
{
    private static readonly TimeSpan CodeLifetime = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<string, Issued> _codes = new();
    private readonly string _appId = options.Value.AppIdOrDevelopment();

    public ValueTask<WeChatAnswer> ExchangeAsync(string code, CancellationToken cancellationToken) =>
        ValueTask.FromResult(_codes.TryRemove(code, out var issued) && issued.Expires > time.GetUtcNow()
            ? new WeChatAnswer(SessionCode.Ok, issued.Session)
            : new WeChatAnswer(SessionCode.CodeRefused, null));

    /// <summary>What <c>wx.login</c> and <c>wx.getUserInfo</c> would give to a phone. The same nickname is the same user.</summary>
    public DevelopmentLogin Login(string nickName)
    {
        var now = time.GetUtcNow();
        foreach (var (expiredCode, issued) in _codes)
        {
            if (issued.Expires <= now)
                _codes.TryRemove(expiredCode, out _);
        }

        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"weapp development {nickName}"));
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
        var key = RandomNumberGenerator.GetBytes(SessionKey.Length);
        var code = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(24));
        _codes[code] = new Issued(new WeChatSession(openId, null, key), now + CodeLifetime);

        var rawData = Encoding.UTF8.GetString(PublicJson(user));
        var iv = RandomNumberGenerator.GetBytes(SessionKey.Length);
        using var aes = Aes.Create();
        aes.Key = key;
        var encrypted = aes.EncryptCbc(UserInfoJson.ToUtf8(user with { OpenId = openId, Extra = Mark(now) }), iv);
        return new DevelopmentLogin(
            code,
            Convert.ToBase64String(encrypted),
            Convert.ToBase64String(iv),
            rawData,
            Convert.ToHexStringLower(SHA1.HashData(Encoding.UTF8.GetBytes(rawData + Convert.ToBase64String(key)))));
    }

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

    private Dictionary<string, JsonElement> Mark(DateTimeOffset now)
    {
        using var document = JsonDocument.Parse($"{{\"timestamp\":{now.ToUnixTimeSeconds()},\"appid\":\"{JsonEncodedText.Encode(_appId)}\"}}");
        return new Dictionary<string, JsonElement> { ["watermark"] = document.RootElement.Clone() };
    }

    /// <summary>The first character on a coloured square, as an image that needs no server.</summary>
    private static string Avatar(string nickName, byte[] hash) =>
        "data:image/svg+xml,"
        + Uri.EscapeDataString(
            "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 9 9'>"
            + $"<rect width='9' height='9' fill='hsl({((hash[28] << 8) | hash[29]) % 360} 55% 50%)'/>"
            + $"<text x='4.5' y='6.3' font-size='5' text-anchor='middle' fill='#fff'>{System.Net.WebUtility.HtmlEncode(nickName.EnumerateRunes().First().ToString())}</text></svg>");

    private readonly record struct Issued(WeChatSession Session, DateTimeOffset Expires);
}

/// <summary>What a phone gets from <c>wx.login</c> and <c>wx.getUserInfo</c>.</summary>
internal sealed record DevelopmentLogin(string Code, string EncryptedData, string Iv, string RawData, string Signature);
