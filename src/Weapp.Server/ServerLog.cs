namespace Weapp.Server;

/// <summary>What the executable itself logs.</summary>
internal static partial class ServerLog
{
    [LoggerMessage(1, LogLevel.Information, "Tunnel server on {Addresses}: POST /get/wsurl, POST /ws/push, WebSocket /ws/{{tunnelId}}")]
    public static partial void ServesTunnels(ILogger logger, string addresses);

    [LoggerMessage(2, LogLevel.Warning, "No TunnelServer:SignatureKey and no TunnelServer:Clients: every call of an app is refused with 9003")]
    public static partial void NoKey(ILogger logger);

    [LoggerMessage(3, LogLevel.Information, "Session server on {Addresses}: POST /mina_auth/")]
    public static partial void ServesSessions(ILogger logger, string addresses);

    [LoggerMessage(4, LogLevel.Information, "Health and metrics on {Address}: /health/live, /health/ready, /metrics")]
    public static partial void ServesManagement(ILogger logger, string address);

    [LoggerMessage(5, LogLevel.Information, "Health on {Addresses}: /health/live, /health/ready; /metrics for this machine only. Management:Url gives them an address of their own")]
    public static partial void ServesHealth(ILogger logger, string addresses);

    [LoggerMessage(6, LogLevel.Warning, "{Path} is no setting and has no effect; did you mean {Meant}?")]
    public static partial void UnknownSetting(ILogger logger, string path, string meant);

    [LoggerMessage(7, LogLevel.Warning, "{Path} is no setting and has no effect")]
    public static partial void UnknownSetting(ILogger logger, string path);

    [LoggerMessage(8, LogLevel.Information, "What it will not do: {Note}")]
    public static partial void WillNot(ILogger logger, string note);

    [LoggerMessage(9, LogLevel.Warning, "Connections are refused, {Count} since this was last said: few of the {Limit} file descriptors are left. Raise LimitNOFILE or ulimit -n")]
    public static partial void DescriptorsShort(ILogger logger, int limit, int count);
}
