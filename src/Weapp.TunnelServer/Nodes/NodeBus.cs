using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Weapp.TunnelServer.Nodes;

/// <summary>
/// Pushes and their answers between nodes, on one channel for each node. Redis keeps the order of what one node sends, and a node takes one message after
/// another, so the order of a tunnel's messages is kept.
/// </summary>
internal sealed class NodeBus(RedisLink link, RedisTunnels tunnels, DeploymentKeys keys, TimeProvider time, ILoggerFactory loggers)
{
    private readonly ILogger _logger = loggers.CreateLogger(NodeLog.Category);
    private readonly ConcurrentDictionary<long, TaskCompletionSource<BusAnswer>> _waiting = new();
    private NodeLease? _listening;
    private long _lastRequest;
    private long _ignored;

    /// <summary>Carries a push out: its answer, or null when this node must not.</summary>
    public Func<BusPush, NodeLease, BusAnswer?>? Received { get; set; }

    /// <summary>A number for a push of this node.</summary>
    public long NextRequest() => Interlocked.Increment(ref _lastRequest);

    /// <summary>Takes the messages for a node; ends with its lease. Not for two callers at once.</summary>
    public async Task ListenAsync(NodeLease lease)
    {
        if (_listening == lease)
            return;
        var subscriber = await link.SubscriberAsync();
        var channel = tunnels.Channel(lease.NodeId);
        ChannelMessageQueue queue;
        try
        {
            queue = await subscriber.SubscribeAsync(channel);
        }
        catch
        {
            // It stays registered, and nobody would empty it.
            _ = subscriber.UnsubscribeAsync(channel, flags: CommandFlags.FireAndForget);
            throw;
        }

        queue.OnMessage(message => Take(lease, message.Message));
        lease.Lost.Register(() => _ = queue.UnsubscribeAsync(CommandFlags.FireAndForget));
        _listening = lease;
    }

    /// <summary>Sends a push and waits for its answer: the ids that name no open tunnel. Null where nobody answered, so that nobody knows.</summary>
    public async Task<IReadOnlyList<string>?> AskAsync(string target, BusPush push, TimeSpan timeout)
    {
        var answer = new TaskCompletionSource<BusAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting[push.RequestId] = answer;
        try
        {
            return await PublishAsync(target, push, answer.Task).WaitAsync(timeout, time);
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException)
        {
            return null;
        }
        finally
        {
            _waiting.TryRemove(push.RequestId, out _);
        }
    }

    private async Task<IReadOnlyList<string>?> PublishAsync(string target, BusPush push, Task<BusAnswer> answer)
    {
        var subscriber = await link.SubscriberAsync();
        try
        {
            if (await subscriber.PublishAsync(tunnels.Channel(target), push.Write(keys, target)) == 0)
                return null;
        }
        catch (Exception exception) when (exception is
            RedisConnectionException { CommandStatus: not CommandStatus.WaitingToBeSent } or RedisTimeoutException { Commandstatus: not CommandStatus.WaitingToBeSent })
        {
            // It may be on its way all the same. Nobody is told otherwise before it is too old to be carried out, or later pushes would overtake it.
        }

        return (await answer).InvalidIds;
    }

    private void Take(NodeLease lease, RedisValue bytes)
    {
        try
        {
            switch (BusMessage.Read(keys, lease.NodeId, bytes))
            {
                case BusPush push when Received?.Invoke(push, lease) is { } answer:
                    _ = AnswerAsync(push.Sender, answer);
                    break;
                case BusAnswer answer when _waiting.TryRemove(answer.RequestId, out var waiting):
                    waiting.TrySetResult(answer);
                    break;
                case null:
                    NodeLog.BadMessage(_logger, Interlocked.Increment(ref _ignored));
                    break;
            }
        }
        catch (Exception exception)
        {
            // The queue ends at an exception, and with it every later push.
            NodeLog.UpkeepFailed(_logger, exception);
        }
    }

    private async Task AnswerAsync(string sender, BusAnswer answer)
    {
        try
        {
            var subscriber = await link.SubscriberAsync();
            await subscriber.PublishAsync(tunnels.Channel(sender), answer.Write(keys, sender), CommandFlags.FireAndForget);
        }
        catch (RedisException)
        {
            // The sender reports the ids as undelivered.
        }
    }
}
