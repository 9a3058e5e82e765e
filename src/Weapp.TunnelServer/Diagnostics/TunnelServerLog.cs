using Microsoft.Extensions.Logging;
using Weapp.Protocol.Packets;

namespace Weapp.TunnelServer.Diagnostics;

/// <summary>Everything the tunnel server logs. Tunnel ids are cut short; tickets, keys and contents are never logged.</summary>
internal static partial class TunnelServerLog
{
    public const string Category = "Weapp.TunnelServer";

    private const int ShownCharacters = 6;

    public static string Short(string tunnelId) => tunnelId.Length <= ShownCharacters ? tunnelId : tunnelId[..ShownCharacters];

    [LoggerMessage(1, LogLevel.Debug, "Tunnel {Tunnel} connected")]
    public static partial void Connected(ILogger logger, string tunnel);

    [LoggerMessage(2, LogLevel.Debug, "Tunnel {Tunnel} ended: {Reason}")]
    public static partial void Ended(ILogger logger, string tunnel, string reason);

    [LoggerMessage(3, LogLevel.Warning, "App {App}: {Event} of tunnel {Tunnel} failed, {Reason}; it is tried again, and further failures are only counted")]
    public static partial void DeliveryFailing(ILogger logger, string app, string tunnel, PacketType @event, string reason);

    [LoggerMessage(4, LogLevel.Information, "App {App} takes events again; {Count} deliveries failed meanwhile")]
    public static partial void DeliveryRecovered(ILogger logger, string app, int count);

    [LoggerMessage(5, LogLevel.Warning, "App {App} refused {Event} of tunnel {Tunnel}, {Reason}; the tunnel is closed, and further ones are only counted")]
    public static partial void DeliveryRefused(ILogger logger, string app, string tunnel, PacketType @event, string reason);

    [LoggerMessage(6, LogLevel.Warning, "App {App}: {Event} of tunnel {Tunnel} could not be delivered in {Attempts} attempts, {Reason}; the tunnel is closed, and further ones are only counted")]
    public static partial void DeliveryExhausted(ILogger logger, string app, string tunnel, PacketType @event, int attempts, string reason);

    [LoggerMessage(12, LogLevel.Warning, "App {App} cannot be reached, {Reason}: its events wait, and are tried again")]
    public static partial void AppAway(ILogger logger, string app, string reason);

    [LoggerMessage(13, LogLevel.Information, "App {App} can be reached again after {Seconds:0.0} s and {Attempts} attempts")]
    public static partial void AppBack(ILogger logger, string app, double seconds, int attempts);

    [LoggerMessage(7, LogLevel.Information, "Stopping: {Count} tunnels are closed so that their clients come back")]
    public static partial void Stopping(ILogger logger, int count);

    [LoggerMessage(8, LogLevel.Warning, "Stopped with {Count} tunnels whose last events could not be delivered")]
    public static partial void StoppedUndelivered(ILogger logger, int count);

    [LoggerMessage(9, LogLevel.Error, "The sweep for silent tunnels failed; it goes on")]
    public static partial void SweepFailed(ILogger logger, Exception exception);

    [LoggerMessage(10, LogLevel.Error, "Tunnel {Tunnel}: an event's delivery failed inside the server")]
    public static partial void DeliveryBroken(ILogger logger, string tunnel, Exception exception);

    [LoggerMessage(40, LogLevel.Warning, "A receiveUrl was refused: {Problem}")]
    public static partial void ReceiveUrlRefused(ILogger logger, string problem);

    [LoggerMessage(41, LogLevel.Warning, "No connection to {Host}: none of its addresses is public, or it is without TLS; where that is right, name its network in TunnelServer:ReceiveNetworks")]
    public static partial void AddressRefused(ILogger logger, string host);

    [LoggerMessage(42, LogLevel.Information, "Development: events may go to this machine itself, and without TLS")]
    public static partial void LoopbackAllowed(ILogger logger);

    [LoggerMessage(43, LogLevel.Warning, "{Key} is shorter than 32 characters: make one with openssl rand -hex 32")]
    public static partial void ShortKey(ILogger logger, string key);

    [LoggerMessage(11, LogLevel.Information, "{Route} refused with {Code}: {Reason}")]
    public static partial void CallRefused(ILogger logger, string route, int code, string reason);
}
