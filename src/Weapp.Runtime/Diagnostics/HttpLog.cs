using Microsoft.Extensions.Logging;

namespace Weapp.Diagnostics;

/// <summary>What stage 1 logs: category <c>Weapp.Http</c>.</summary>
internal static partial class HttpLog
{
    [LoggerMessage(1, LogLevel.Warning, "A request on the tunnel path was refused: {Code} {Reason}")]
    public static partial void Rejected(ILogger logger, int code, string reason);

    [LoggerMessage(2, LogLevel.Warning, "A phone got no tunnel: {Reason}")]
    public static partial void NoTunnel(ILogger logger, string reason);

    [LoggerMessage(3, LogLevel.Error, "A phone got no tunnel: the handler's request method failed.")]
    public static partial void RequestFailed(ILogger logger, Exception exception);

    [LoggerMessage(4, LogLevel.Information, "Tunnels at {Path} are served by {Handler}; their messages come from {Server}.")]
    public static partial void Mapped(ILogger logger, string path, string handler, string server);

    [LoggerMessage(5, LogLevel.Error, "A phone got no tunnel: the tunnel server in this process failed.")]
    public static partial void TunnelServerFailed(ILogger logger, Exception exception);

    [LoggerMessage(6, LogLevel.Warning, "Weapp:TunnelSignatureKey is shorter than 32 characters: make one with openssl rand -hex 32, for the tunnel server too.")]
    public static partial void ShortKey(ILogger logger);

    [LoggerMessage(7, LogLevel.Warning, "An event came before an earlier one of its tunnel. If several processes serve {Path}, set CheckSequence to false where it is mapped.")]
    public static partial void OutOfOrder(ILogger logger, string path);

    [LoggerMessage(8, LogLevel.Warning, "Weapp:TunnelCheckSignature is false: whoever reaches {Path} can send events.")]
    public static partial void Unchecked(ILogger logger, string path);

    [LoggerMessage(9, LogLevel.Debug, "A phone got no tunnel: its user has asked for too many.")]
    public static partial void TooManyRequests(ILogger logger);
}
