using Microsoft.Extensions.Logging;

namespace Weapp.Login.Internal;

/// <summary>Everything login logs. Event ids are stable; no line names a code, id, skey or profile.</summary>
internal static partial class LoginLog
{
    [LoggerMessage(101, LogLevel.Information, "A request's login headers are malformed; the session server was not asked.")]
    public static partial void HeadersMalformed(this ILogger logger);

    [LoggerMessage(102, LogLevel.Information, "The session server refused a login with code {Code}.")]
    public static partial void LoginRefused(this ILogger logger, int code);

    [LoggerMessage(103, LogLevel.Warning, "The session server failed at a login with code {Code}.")]
    public static partial void LoginFailed(this ILogger logger, int code);

    [LoggerMessage(104, LogLevel.Information, "A session is not valid: code {Code}.")]
    public static partial void SessionInvalid(this ILogger logger, int code);

    [LoggerMessage(105, LogLevel.Warning, "The session server failed at a check with code {Code}.")]
    public static partial void CheckFailed(this ILogger logger, int code);

    [LoggerMessage(106, LogLevel.Warning, "The call to the session server failed: {Failure}.")]
    public static partial void SessionServerFailed(this ILogger logger, SessionCallFailure failure, Exception exception);
}
