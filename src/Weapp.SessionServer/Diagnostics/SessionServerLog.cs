using Microsoft.Extensions.Logging;
using Weapp.SessionServer.WeChat;

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

    [LoggerMessage(11, LogLevel.Debug, "Encrypted data was refused: {Outcome}.")]
    public static partial void DecryptRefused(this ILogger logger, DecryptOutcome outcome);

    [LoggerMessage(12, LogLevel.Debug, "Encrypted data was read with the user's previous session_key.")]
    public static partial void DecryptedWithPreviousKey(this ILogger logger);

    [LoggerMessage(13, LogLevel.Error, "The time of a visit could not be stored.")]
    public static partial void VisitNotStored(this ILogger logger, Exception exception);

    [LoggerMessage(14, LogLevel.Warning, "A session had too many failed decryptions within a minute: more are refused without a look.")]
    public static partial void TooManyDecryptions(this ILogger logger);

    [LoggerMessage(15, LogLevel.Warning, "An id had too many wrong skeys within a second: more are answered with status 429.")]
    public static partial void TooManyWrongSkeys(this ILogger logger);

    [LoggerMessage(16, LogLevel.Information, "A login code was used before: WeChat was not asked again.")]
    public static partial void CodeUsedBefore(this ILogger logger);

    [LoggerMessage(17, LogLevel.Warning, "A request was not signed with SessionServer:SignatureKey: code {Code}. Its app needs the same key as Weapp:AuthSignatureKey, and the same time.")]
    public static partial void NotSigned(this ILogger logger, int code);

    /// <summary>Says which key fitted, or what was wrong; below Information, since it tells a forger how far they got.</summary>
    public static void Decrypted(this ILogger logger, DecryptOutcome outcome)
    {
        if (outcome == DecryptOutcome.Previous)
            logger.DecryptedWithPreviousKey();
        else if (outcome != DecryptOutcome.Current)
            logger.DecryptRefused(outcome);
    }
}
