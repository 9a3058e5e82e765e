using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using StackExchange.Redis;
using Weapp.TunnelServer.Tunnels;

namespace Weapp.TunnelServer.Nodes;

/// <summary>The keys in Redis, and what is done with them. One Redis, not a cluster: a step touches several keys at once.</summary>
internal sealed class RedisTunnels(RedisLink link, IOptions<TunnelServerOptions> options)
{
    // Longer than a phone's claim is tried again.
    private static readonly TimeSpan ClaimMemory = TimeSpan.FromSeconds(15);

    private readonly string _prefix = options.Value.RedisKeyPrefix;

    private RedisKey Nodes => $"{_prefix}nodes";

    private RedisKey DeadNodes => $"{_prefix}dead";

    private RedisKey Epoch => $"{_prefix}epoch";

    private string TunnelPrefix => $"{_prefix}tunnel:";

    private string WaitingPrefix => $"{_prefix}waiting:";

    public async Task<Renewal> RenewAsync(string nodeId, string joinedEpoch)
    {
        var database = await link.DatabaseAsync();
        var result = (RedisResult[])(await database.ScriptEvaluateAsync(
            RedisScripts.Renew, [Nodes, Epoch], [nodeId, Milliseconds(options.Value.NodeLease), Secrets.Next(), joinedEpoch]))!;
        return new Renewal((int)result[0] == 1, (long)result[1], (string)result[2]!, (long)result[3]);
    }

    /// <summary>False when the owner has too many tunnels that wait for their phones.</summary>
    public async Task<bool> GrantAsync(TunnelTicket ticket, string ownerId, byte[] route)
    {
        var database = await link.DatabaseAsync();
        RedisValue[] values =
            [ticket.Id, Milliseconds(options.Value.TicketLifetime), PendingTunnels.MaxPerOwner, Hash(ticket.Ticket), ownerId, route];
        return (int)await database.ScriptEvaluateAsync(RedisScripts.Grant, [PendingKey(ticket.Id), WaitingPrefix + ownerId], values) == 1;
    }

    /// <summary>Spends a ticket: the tunnel's route where it was right.</summary>
    /// <param name="id">The tunnel.</param>
    /// <param name="ticket">The ticket.</param>
    /// <param name="nodeId">The node that will hold it.</param>
    /// <param name="claimId">A claim that comes again has the same, and the same answer.</param>
    /// <param name="tooLate">Redis's time in milliseconds after which nothing is done.</param>
    public async Task<(ClaimStatus Status, byte[]? Route)> ClaimAsync(string id, string ticket, string nodeId, string claimId, long tooLate)
    {
        var database = await link.DatabaseAsync();
        RedisValue[] values = [id, Hash(ticket), nodeId, WaitingPrefix, $"{nodeId}/{claimId}", tooLate, Milliseconds(ClaimMemory)];
        var result = await database.ScriptEvaluateAsync(RedisScripts.Claim, [PendingKey(id), TunnelPrefix + id, NodeKey(nodeId), Nodes], values);
        if (result.Resp2Type == ResultType.Integer)
            return ((int)result == 0 ? ClaimStatus.Wrong : ClaimStatus.NotNow, null);
        return (ClaimStatus.Claimed, (byte[])result!);
    }

    /// <summary>Which node holds each of the tunnels, or null; and the epoch in which that is so.</summary>
    public async Task<(string?[] Nodes, string? Epoch)> FindAsync(IReadOnlyList<string> ids)
    {
        var database = await link.DatabaseAsync();
        var nodes = database.StringGetAsync([.. ids.Select(id => (RedisKey)(TunnelPrefix + id))]);
        var epoch = database.HashGetAsync(Epoch, "id");
        return ([.. (await nodes).Select(static node => (string?)node)], await epoch);
    }

    /// <summary>Which of the nodes are not among the living, so that their tunnels were taken over; and the epoch in which that is so.</summary>
    public async Task<(IReadOnlyList<string> Dead, string? Epoch)> FindDeadAsync(IReadOnlyList<string> nodeIds)
    {
        var database = await link.DatabaseAsync();
        var result = (RedisResult[])(await database.ScriptEvaluateAsync(RedisScripts.Members, [Nodes, Epoch], [.. nodeIds.Select(static id => (RedisValue)id)]))!;
        return ([.. nodeIds.Where((_, i) => (int)result[i + 1] == 0)], (string?)result[0]);
    }

    public async Task EnterAsync(string nodeId, IEnumerable<KeyValuePair<string, byte[]>> routes)
    {
        var database = await link.DatabaseAsync();
        await database.ScriptEvaluateAsync(RedisScripts.Enter, [NodeKey(nodeId)], Routes(nodeId, routes));
    }

    /// <summary>Enters tunnels of a node that is dead: others send their close events.</summary>
    public async Task BequeathAsync(string deadNodeId, IEnumerable<KeyValuePair<string, byte[]>> routes)
    {
        var database = await link.DatabaseAsync();
        await database.ScriptEvaluateAsync(RedisScripts.Bequeath, [NodeKey(deadNodeId), Nodes, DeadNodes], Routes(deadNodeId, routes));
    }

    public async Task ReleaseAsync(string nodeId, IEnumerable<string> ids)
    {
        var database = await link.DatabaseAsync();
        await database.ScriptEvaluateAsync(RedisScripts.Release, [NodeKey(nodeId)], [TunnelPrefix, .. ids.Select(static id => (RedisValue)id)]);
    }

    /// <summary>A node that is dead and that nobody else works on.</summary>
    /// <param name="until">Redis's time in milliseconds until when those whose lease has run out may be taken for dead; 0 for not at all.</param>
    public async Task<string?> TakeOverAsync(long until)
    {
        var database = await link.DatabaseAsync();
        return (string?)await database.ScriptEvaluateAsync(RedisScripts.TakeOver, [Nodes, DeadNodes], [Milliseconds(options.Value.NodeLease), until]);
    }

    /// <summary>Says that this node still works on a dead one.</summary>
    public async Task HoldAsync(string deadNodeId)
    {
        var database = await link.DatabaseAsync();
        await database.ScriptEvaluateAsync(RedisScripts.Hold, [DeadNodes], [deadNodeId, Milliseconds(options.Value.NodeLease)]);
    }

    public Task LeaveAsync(string nodeId) => LeaveAsync(Nodes, nodeId);

    public Task BuryAsync(string deadNodeId) => LeaveAsync(DeadNodes, deadNodeId);

    /// <summary>The tunnels that a node held, with their routes; one may come twice.</summary>
    public async IAsyncEnumerable<(string Id, byte[] Route)> TunnelsOfAsync(string nodeId)
    {
        var database = await link.DatabaseAsync();
        await foreach (var entry in database.HashScanAsync(NodeKey(nodeId), pageSize: 500))
            yield return (entry.Name!, entry.Value!);
    }

    public RedisChannel Channel(string nodeId) => RedisChannel.Literal($"{_prefix}bus:{nodeId}");

    private RedisValue[] Routes(string nodeId, IEnumerable<KeyValuePair<string, byte[]>> routes) =>
        [TunnelPrefix, nodeId, .. routes.SelectMany(static route => new RedisValue[] { route.Key, route.Value })];

    private static byte[] Hash(string ticket) => SHA256.HashData(Encoding.UTF8.GetBytes(ticket));

    private static long Milliseconds(TimeSpan span) => (long)span.TotalMilliseconds;

    private async Task LeaveAsync(RedisKey nodes, string nodeId)
    {
        var database = await link.DatabaseAsync();
        await database.ScriptEvaluateAsync(RedisScripts.Leave, [nodes, NodeKey(nodeId)], [nodeId]);
    }

    private RedisKey PendingKey(string id) => $"{_prefix}pending:{id}";

    private RedisKey NodeKey(string nodeId) => $"{_prefix}node:{nodeId}";
}

/// <summary>What became of a ticket.</summary>
internal enum ClaimStatus
{
    Claimed,
    Wrong,

    /// <summary>The node has no lease that Redis knows, or the claim came too late.</summary>
    NotNow,
}

/// <summary>What Redis says to a node's heartbeat.</summary>
/// <param name="IsMember">False: the node was taken for dead.</param>
/// <param name="Now">Redis's time in milliseconds.</param>
/// <param name="Epoch">Changes when Redis was emptied or restarted.</param>
/// <param name="Born">Redis's time when the epoch began.</param>
internal readonly record struct Renewal(bool IsMember, long Now, string Epoch, long Born);
