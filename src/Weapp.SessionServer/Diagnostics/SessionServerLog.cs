using Microsoft.Extensions.Logging;

namespace Weapp.SessionServer.Diagnostics;

/// <summary>Everything the session server logs. Event ids are stable; no line names a code, skey, session_key or profile.</summary>
internal static partial class SessionServerLog
{
    [LoggerMessage(1, LogLevel.Warning, "SessionServer:WeChat:Mode is Development: a simulated WeChat lets anybody log in as anybody. Never use it in production.")]
    public static partial void DevelopmentWeChat(this ILogger logger);

    [LoggerMessage(2, LogLevel.Information, "WeChat refused a login code: errcode {Errcode}.")]
    public static partial void CodeRefused(this ILogger logger, int errcode);

    [LoggerMessage(3, LogLevel.Warning, "WeChat is busy: errcode {Errcode}.")]
    public static partial void WeChatBusy(this ILogger logger, int errcode);

    [LoggerMessage(4, LogLevel.Warning, "WeChat refused the call itself: errcode {Errcode}. Check SessionServer:AppId and SessionServer:AppSecret.")]
    public static partial void WeChatRefusedUs(this ILogger logger, int errcode);

    [LoggerMessage(5, LogLevel.Warning, "WeChat's answer cannot be used: {What}.")]
    public static partial void WeChatAnswerUnusable(this ILogger logger, string what);

    [LoggerMessage(6, LogLevel.Warning, "WeChat did not answer within {Timeout}.")]
    public static partial void WeChatTimedOut(this ILogger logger, TimeSpan timeout);

    [LoggerMessage(7, LogLevel.Warning, "WeChat cannot be reached: {Reason}.")]
    public static partial void WeChatUnreachable(this ILogger logger, string reason);

    [LoggerMessage(8, LogLevel.Error, "A session could not be stored.")]
    public static partial void SessionNotStored(this ILogger logger, Exception exception);

    [LoggerMessage(9, LogLevel.Error, "The session store failed.")]
    public static partial void StoreFailed(this ILogger logger, Exception exception);

    [LoggerMessage(10, LogLevel.Warning, "A stored session_key cannot be read: the data protection keys it was stored with are gone. Its user has to log in again to decrypt.")]
    public static partial void SessionKeyUnreadable(this ILogger logger);
}
