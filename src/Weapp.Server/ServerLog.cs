namespace Weapp.Server;

/// <summary>What the executable itself logs.</summary>
internal static partial class ServerLog
{
    [LoggerMessage(1, LogLevel.Information, "Tunnel server on {Addresses}: POST /get/wsurl, POST /ws/push, WebSocket /ws/{{tunnelId}}")]
    public static partial void ServesTunnels(ILogger logger, string addresses);

    [LoggerMessage(2, LogLevel.Warning, "No TunnelServer:SignatureKey and no TunnelServer:Clients: every call of an app is refused with 9003")]
    public static partial void NoKey(ILogger logger);

    [LoggerMessage(3, LogLevel.Information, "Session server on {Addresses}: POST /mina_auth/. Whoever reaches it can use it, so keep it inside")]
    public static partial void ServesSessions(ILogger logger, string addresses);
}
