using Microsoft.Extensions.Logging;

namespace Weapp.TunnelServer.Nodes;

/// <summary>Everything that is logged about several nodes.</summary>
internal static partial class NodeLog
{
    public const string Category = "Weapp.TunnelServer.Nodes";

    [LoggerMessage(100, LogLevel.Information, "In touch with Redis as node {Node}")]
    public static partial void InTouch(ILogger logger, string node);

    [LoggerMessage(101, LogLevel.Warning, "Redis is out of reach ({Reason}); pushes to tunnels of other nodes are reported as undelivered meanwhile")]
    public static partial void OutOfTouch(ILogger logger, string reason);

    [LoggerMessage(103, LogLevel.Warning, "Redis: {Connection} connection lost, {Failure}")]
    public static partial void ConnectionLost(ILogger logger, string connection, string failure);

    [LoggerMessage(104, LogLevel.Warning, "Node {Node} lost its lease: its tunnels are closed so that their clients come back")]
    public static partial void Fenced(ILogger logger, string node);

    [LoggerMessage(105, LogLevel.Warning, "Redis was emptied or restarted: {Count} tunnels were entered again")]
    public static partial void Entered(ILogger logger, int count);

    [LoggerMessage(106, LogLevel.Warning, "Node {Node} is dead: this node tells the apps that its tunnels are closed")]
    public static partial void Reaping(ILogger logger, string node);

    [LoggerMessage(107, LogLevel.Information, "Node {Node} is done with: {Count} tunnels")]
    public static partial void Reaped(ILogger logger, string node, int count);

    [LoggerMessage(108, LogLevel.Warning, "A record in Redis is not ours, or of an app without a key here; it is ignored")]
    public static partial void BadRecord(ILogger logger);

    [LoggerMessage(109, LogLevel.Warning, "A message on the bus is not ours, or of an app without a key here; it is ignored ({Count} so far)")]
    public static partial void BadMessage(ILogger logger, long count);

    [LoggerMessage(110, LogLevel.Error, "The upkeep of this node failed; it goes on")]
    public static partial void UpkeepFailed(ILogger logger, Exception exception);

    [LoggerMessage(111, LogLevel.Warning, "Redis failed while this node dealt with node {Node}; one that finds it goes on")]
    public static partial void ReapingInterrupted(ILogger logger, string node);

    [LoggerMessage(112, LogLevel.Warning, "Redis could not be told that this node stops; the others find out when its lease ends")]
    public static partial void LeftWithoutWord(ILogger logger);

    [LoggerMessage(113, LogLevel.Warning, "Redis was emptied after node {Node} had lost its lease: {Count} tunnels were entered again, so that their close events are sent")]
    public static partial void Bequeathed(ILogger logger, string node, int count);
}
