using Microsoft.Extensions.Logging;

namespace Weapp.Diagnostics;

/// <summary>What stage 5 logs: category <c>Weapp.Dispatch</c>. Contents are never logged.</summary>
internal static partial class DispatchLog
{
    [LoggerMessage(100, LogLevel.Error, "The handler of a {Kind} event failed, tunnel {TunnelId}.")]
    public static partial void HandlerFailed(ILogger logger, Exception exception, TunnelEventKind kind, string tunnelId);

    [LoggerMessage(101, LogLevel.Error, "The handler of a {Kind} event has not ended after {Timeout}, tunnel {TunnelId}. Later events of the tunnel wait for it.")]
    public static partial void HandlerTimedOut(ILogger logger, TunnelEventKind kind, string tunnelId, TimeSpan timeout);

    [LoggerMessage(102, LogLevel.Error, "A {Kind} event was given up: an earlier event of tunnel {TunnelId} has kept its handler busy for {Timeout}.")]
    public static partial void NoTurn(ILogger logger, TunnelEventKind kind, string tunnelId, TimeSpan timeout);

    [LoggerMessage(103, LogLevel.Warning, "The content of a message of type {MessageType} does not fit its method at {Path}, tunnel {TunnelId}. The method was not called.")]
    public static partial void BadContent(ILogger logger, string messageType, string path, string tunnelId);

    [LoggerMessage(104, LogLevel.Warning, "A {Kind} event did not reach its method, which needs a user: none is known for tunnel {TunnelId}. Let the endpoint check logins, or make the parameter UserInfo?.")]
    public static partial void NoUser(ILogger logger, TunnelEventKind kind, string tunnelId);

    [LoggerMessage(105, LogLevel.Debug, "No method takes messages of type {MessageType}.")]
    public static partial void NoMethod(ILogger logger, string messageType);
}
