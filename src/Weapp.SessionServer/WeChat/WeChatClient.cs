using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using Weapp.Protocol.Sessions;
using Weapp.Protocol.Text;
using Weapp.SessionServer.Diagnostics;

namespace Weapp.SessionServer.WeChat;

/// <summary>What the session server asks WeChat for: code2session, checkSessionKey and resetUserSessionKey.</summary>
internal sealed class WeChatClient(WeChatHttp http, AccessTokens tokens, ILogger<WeChatClient> logger)
{
    /// <summary>Takes a login code: <c>code2Session</c>.</summary>
    public async ValueTask<WeChatAnswer> ExchangeAsync(MiniProgram app, string code, CancellationToken cancellationToken)
    {
        var reply = await http.CallAsync(
            $"sns/jscode2session?appid={Uri.EscapeDataString(app.AppId)}&secret={Uri.EscapeDataString(app.Secret)}"
                + $"&js_code={Uri.EscapeDataString(code)}&grant_type=authorization_code",
            null,
            cancellationToken);
        if (reply.Code != SessionCode.Ok)
            return new WeChatAnswer(reply.Code, null);
        if (reply.Errcode != 0)
            return new WeChatAnswer(Refused(reply.Errcode), null);
        var unionId = reply.Json.Text("unionid"u8);
        if (reply.Json.Text("openid"u8) is { } openId && SessionKey.IsPlain(openId) && (unionId is null || SessionKey.IsPlain(unionId)) && ReadKey(reply) is { } key)
            return new WeChatAnswer(SessionCode.Ok, new WeChatSession(openId, unionId, key));
        logger.WeChatAnswerUnusable("no usable openid, unionid or session_key");
        return new WeChatAnswer(SessionCode.WeChatAnswerUnusable, null);
    }

    /// <summary>Asks whether a <c>session_key</c> is still the user's: <c>checkSessionKey</c>.</summary>
    /// <exception cref="WeChatException">WeChat did not say.</exception>
    public async ValueTask<bool> CheckKeyAsync(MiniProgram app, string openId, byte[] key, CancellationToken cancellationToken)
    {
        const int SignatureInvalid = 87009;
        var reply = await CallSignedAsync("wxa/checksession", app, openId, key, cancellationToken);
        return reply.IsSuccess || (reply.Errcode == SignatureInvalid ? false : throw WeChatException.Of(reply));
    }

    /// <summary>Gives a user another <c>session_key</c>: <c>resetUserSessionKey</c>.</summary>
    /// <exception cref="WeChatException">WeChat did not.</exception>
    public async ValueTask<byte[]> ResetKeyAsync(MiniProgram app, string openId, byte[] key, CancellationToken cancellationToken)
    {
        var reply = await CallSignedAsync("wxa/resetusersessionkey", app, openId, key, cancellationToken);
        return reply.IsSuccess && ReadKey(reply) is { } fresh ? fresh : throw WeChatException.Of(reply);
    }

    /// <summary>WeChat's proof of a <c>session_key</c>: the HMAC-SHA256 of a message, whose key is the session_key's <em>text</em>.</summary>
    public static string Sign(byte[] key, string message) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.ASCII.GetBytes(Convert.ToBase64String(key)), Encoding.UTF8.GetBytes(message)));

    private static byte[]? ReadKey(WeChatReply reply) => reply.Json.Text("session_key"u8) is { } text ? SessionKey.Decode(text) : null;

    private async ValueTask<WeChatReply> CallSignedAsync(string path, MiniProgram app, string openId, byte[] key, CancellationToken cancellationToken)
    {
        var token = await tokens.GetAsync(app, null, cancellationToken);
        var reply = await CallAsync(token);
        // Somebody else may have taken a new token, which ends ours.
        return reply.IsAboutToken ? await CallAsync(await tokens.GetAsync(app, token, cancellationToken)) : reply;

        ValueTask<WeChatReply> CallAsync(string accessToken) => http.CallAsync(
            $"{path}?access_token={Uri.EscapeDataString(accessToken)}&openid={Uri.EscapeDataString(openId)}&signature={Sign(key, "")}&sig_method=hmac_sha256",
            null,
            cancellationToken);
    }

    private int Refused(int errcode)
    {
        // Invalid, used before, or of a user whom WeChat has blocked: another code may do.
        if (errcode is 40029 or 40163 or 40226)
        {
            logger.CodeRefused(errcode);
            return SessionCode.CodeRefused;
        }

        logger.WeChatRefusedUs(errcode);
        return SessionCode.WeChatAnswerUnusable;
    }
}
