using Microsoft.Extensions.Logging;

namespace Weapp.Diagnostics;

/// <summary>What stage 7 logs: category <c>Weapp.Outbound</c>.</summary>
internal static partial class OutboundLog
{
    [LoggerMessage(200, LogLevel.Warning, "A call of {Call} at the tunnel server failed: {Reason}")]
    public static partial void CallFailed(ILogger logger, string call, string reason);
}
