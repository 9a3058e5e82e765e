using Microsoft.Extensions.Logging;
using Weapp.Http;

namespace Weapp.Diagnostics;

/// <summary>What login logs: category <c>Weapp.Login</c>. No line names a login code, id, skey or profile.</summary>
internal static partial class LoginLog
{
    public const string Category = "Weapp.Login";

    [LoggerMessage(300, LogLevel.Information, "A request's login headers are malformed; the session server was not asked.")]
    public static partial void HeadersMalformed(this ILogger logger);

    [LoggerMessage(301, LogLevel.Information, "The session server refused a login with code {Code}.")]
    public static partial void LoginRefused(this ILogger logger, int code);

    [LoggerMessage(302, LogLevel.Warning, "The session server failed at a login with code {Code}.")]
    public static partial void LoginFailed(this ILogger logger, int code);

    [LoggerMessage(303, LogLevel.Information, "A session is not valid: code {Code}.")]
    public static partial void SessionInvalid(this ILogger logger, int code);

    [LoggerMessage(304, LogLevel.Warning, "The session server failed at a check with code {Code}.")]
    public static partial void CheckFailed(this ILogger logger, int code);

    [LoggerMessage(305, LogLevel.Warning, "The call to the session server failed: {Error}, HTTP status {Status}.")]
    public static partial void SessionServerFailed(this ILogger logger, PeerError? error, int? status, Exception exception);

    [LoggerMessage(306, LogLevel.Warning, "The session server failed at a logout with code {Code}.")]
    public static partial void LogoutFailed(this ILogger logger, int code);

    [LoggerMessage(307, LogLevel.Warning, "Weapp:AuthServerUrl is http: whoever can read what is sent there can log in as your users. Make it https, unless it stays in your own network.")]
    public static partial void SessionServerInTheClear(this ILogger logger);
}
