using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Weapp.Protocol;
using Weapp.Protocol.Sessions;
using Weapp.Protocol.Text;
using Weapp.SessionServer.Diagnostics;

namespace Weapp.SessionServer.WeChat;

/// <summary>The real WeChat: <c>GET /sns/jscode2session</c>.</summary>
internal sealed class WeChatClient(
    IHttpClientFactory clients, IOptions<SessionServerOptions> options, TimeProvider time, ILogger<WeChatClient> logger) : IWeChat
{
    /// <summary>The name of the HTTP client.</summary>
    public const string ClientName = "Weapp.WeChat";

    private const int MaxAnswerBytes = 64 * 1024;

    private readonly SessionServerOptions _options = options.Value;

    public async ValueTask<WeChatAnswer> ExchangeAsync(string code, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(_options.WeChat.Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        using var body = new PooledBuffer();
        try
        {
            using var response = await clients.CreateClient(ClientName).GetAsync(Address(code), HttpCompletionOption.ResponseHeadersRead, either.Token);
            if (response.StatusCode != HttpStatusCode.OK)
                return Unusable($"status {(int)response.StatusCode}");
            await using var stream = await response.Content.ReadAsStreamAsync(either.Token);
            return await BoundedBody.TryReadAsync(stream, body, MaxAnswerBytes, either.Token)
                ? Read(body.WrittenMemory)
                : Unusable("an answer that is too long");
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            logger.WeChatTimedOut(_options.WeChat.Timeout);
            return new WeChatAnswer(SessionCode.WeChatUnreachable, null);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            // The exception's own text may quote the address, and that has the app secret in it.
            logger.WeChatUnreachable(e is HttpRequestException http ? http.HttpRequestError.ToString() : e.GetType().Name);
            return new WeChatAnswer(SessionCode.WeChatUnreachable, null);
        }
    }

    private Uri Address(string code) =>
        new($"{_options.WeChat.BaseAddress.TrimEnd('/')}/sns/jscode2session?appid={Uri.EscapeDataString(_options.AppId!)}"
            + $"&secret={Uri.EscapeDataString(_options.AppSecret!)}&js_code={Uri.EscapeDataString(code)}&grant_type=authorization_code");

    private WeChatAnswer Read(ReadOnlyMemory<byte> body)
    {
        if (!StrictDocument.TryParse(body, out var document))
            return Unusable("no strict JSON");
        using (document)
        {
            if (document.RootElement is not { ValueKind: JsonValueKind.Object } root)
                return Unusable("no JSON object");
            if (root.TryGetProperty("errcode"u8, out var error))
            {
                if (error.ValueKind != JsonValueKind.Number || !error.TryGetInt32(out var errcode))
                    return Unusable("an errcode that is no number");
                if (errcode != 0)
                    return Refused(errcode);
            }

            return root.Text("openid"u8) is { } openId && root.Text("session_key"u8) is { } text && SessionKey.Decode(text) is { } key
                ? new WeChatAnswer(SessionCode.Ok, new WeChatSession(openId, root.Text("unionid"u8), key))
                : Unusable("no openid or no session_key");
        }
    }

    private WeChatAnswer Refused(int errcode)
    {
        switch (errcode)
        {
            // Invalid, used before, or of a user whom WeChat has blocked: another code may do.
            case 40029 or 40163 or 40226:
                logger.CodeRefused(errcode);
                return new WeChatAnswer(SessionCode.CodeRefused, null);
            // Busy, or asked too often: the same again later may do.
            case -1 or 45011:
                logger.WeChatBusy(errcode);
                return new WeChatAnswer(SessionCode.WeChatUnreachable, null);
            default:
                logger.WeChatRefusedUs(errcode);
                return new WeChatAnswer(SessionCode.WeChatAnswerUnusable, null);
        }
    }

    private WeChatAnswer Unusable(string what)
    {
        logger.WeChatAnswerUnusable(what);
        return new WeChatAnswer(SessionCode.WeChatAnswerUnusable, null);
    }
}
