namespace Weapp.TunnelServer.Nodes;

/// <summary>What must happen in Redis in one step. Times are Redis's own, in milliseconds: nodes need no common clock.</summary>
internal static class RedisScripts
{
    // A new epoch begins when Redis was emptied or is another process: what it lost, the nodes must enter again.
    /// <summary>KEYS: nodes, epoch. ARGV: node, lease, id for a new epoch, epoch in which the node joined. Returns whether it may go on, now, the epoch and when it began.</summary>
    public const string Renew = Now + """
        local run = string.match(redis.call('INFO', 'server'), 'run_id:(%w+)')
        local epoch = redis.call('HMGET', KEYS[2], 'id', 'run', 'born')
        if epoch[2] ~= run then
            epoch = {ARGV[3], run, now}
            redis.call('HSET', KEYS[2], 'id', ARGV[3], 'run', run, 'born', now)
        end
        local known = redis.call('ZSCORE', KEYS[1], ARGV[1])
        if not known and ARGV[4] == epoch[1] then return {0, now, epoch[1], epoch[3]} end
        redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1])
        return {1, now, epoch[1], epoch[3]}
        """;

    /// <summary>KEYS: pending tunnel, the owner's pending tunnels. ARGV: id, lifetime, limit, hash of the ticket, owner, route. Returns 0 where there are too many.</summary>
    public const string Grant = Now + """
        redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now)
        if redis.call('ZCARD', KEYS[2]) >= tonumber(ARGV[3]) then return 0 end
        redis.call('ZADD', KEYS[2], now + ARGV[2], ARGV[1])
        redis.call('PEXPIRE', KEYS[2], ARGV[2])
        redis.call('HSET', KEYS[1], 'ticket', ARGV[4], 'owner', ARGV[5], 'route', ARGV[6])
        redis.call('PEXPIRE', KEYS[1], ARGV[2])
        return 1
        """;

    // A node whose lease has run out must take nothing: nobody would notice that it is gone. A claim whose answer was lost is answered alike when it comes
    // again, and does nothing where it comes so late that nobody waits any more.
    /// <summary>
    /// KEYS: pending tunnel, tunnel, the node's tunnels, nodes. ARGV: id, hash of the ticket, node, key prefix of owners' pending tunnels, id of the claim,
    /// when it is too late, how long it may come again. Returns the route, 0 for a wrong ticket, -1 for a node without lease or too late.
    /// </summary>
    public const string Claim = Now + """
        if now > tonumber(ARGV[6]) then return -1 end
        local pending = redis.call('HMGET', KEYS[1], 'ticket', 'owner', 'route', 'claim')
        if pending[1] ~= ARGV[2] then return 0 end
        if pending[4] then return pending[4] == ARGV[5] and pending[3] or 0 end
        local deadline = redis.call('ZSCORE', KEYS[4], ARGV[3])
        if not deadline or tonumber(deadline) <= now then return -1 end
        redis.call('HSET', KEYS[1], 'claim', ARGV[5])
        redis.call('PEXPIRE', KEYS[1], ARGV[7])
        redis.call('ZREM', ARGV[4] .. pending[2], ARGV[1])
        redis.call('SET', KEYS[2], ARGV[3])
        redis.call('HSET', KEYS[3], ARGV[1], pending[3])
        return pending[3]
        """;

    /// <summary>KEYS: the node's tunnels. ARGV: key prefix of tunnels, ids.</summary>
    public const string Release = """
        for i = 2, #ARGV do
            if redis.call('HDEL', KEYS[1], ARGV[i]) == 1 then redis.call('DEL', ARGV[1] .. ARGV[i]) end
        end
        """;

    /// <summary>KEYS: the node's tunnels. ARGV: key prefix of tunnels, node, then ids and routes in turn.</summary>
    public const string Enter = """
        for i = 3, #ARGV, 2 do
            redis.call('SET', ARGV[1] .. ARGV[i], ARGV[2])
            redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1])
        end
        """;

    /// <summary>Like <see cref="Enter"/>, for a node that is dead. KEYS: the node's tunnels, nodes, dead nodes. ARGV: the same.</summary>
    public const string Bequeath = Enter + """

        redis.call('ZREM', KEYS[2], ARGV[2])
        redis.call('ZADD', KEYS[3], 'NX', 0, ARGV[2])
        """;

    // A dead node that nobody works on, or whose heir died as well, belongs to whoever asks first. Where the clock has been set back, times that are too far
    // ahead are mended; where it may have been set forward since the caller's last heartbeat, no lease has run out that it knows of.
    /// <summary>
    /// KEYS: nodes, dead nodes. ARGV: lease, which is also how long the caller may take until it asks again; until when the caller may take nodes for dead.
    /// Returns a dead node, or nothing.
    /// </summary>
    public const string TakeOver = Now + """
        for _, key in ipairs(KEYS) do
            for _, node in ipairs(redis.call('ZRANGEBYSCORE', key, '(' .. now + ARGV[1], '+inf', 'LIMIT', 0, 16)) do
                redis.call('ZADD', key, now + ARGV[1], node)
            end
        end
        if now <= tonumber(ARGV[2]) then
            for _, node in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', 0, 16)) do
                redis.call('ZREM', KEYS[1], node)
                redis.call('ZADD', KEYS[2], 0, node)
            end
        end
        local dead = redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', now, 'LIMIT', 0, 1)[1]
        if dead then redis.call('ZADD', KEYS[2], now + ARGV[1], dead) end
        return dead
        """;

    /// <summary>KEYS: nodes, epoch. ARGV: nodes. Returns the epoch, or false; and for each node whether it is among the living.</summary>
    public const string Members = """
        local answer = {redis.call('HGET', KEYS[2], 'id')}
        for i, node in ipairs(ARGV) do answer[i + 1] = redis.call('ZSCORE', KEYS[1], node) and 1 or 0 end
        return answer
        """;

    /// <summary>KEYS: dead nodes. ARGV: node, how long the caller may take until it asks again.</summary>
    public const string Hold = Now + """
        redis.call('ZADD', KEYS[1], 'XX', now + ARGV[2], ARGV[1])
        """;

    // What is left over is another node's to deal with, and at once.
    /// <summary>KEYS: nodes or dead nodes, the node's tunnels. ARGV: node.</summary>
    public const string Leave = """
        if redis.call('EXISTS', KEYS[2]) == 0 then redis.call('ZREM', KEYS[1], ARGV[1]) else redis.call('ZADD', KEYS[1], 'XX', 0, ARGV[1]) end
        """;

    private const string Now = """
        local time = redis.call('TIME')
        local now = time[1] * 1000 + math.floor(time[2] / 1000)

        """;
}
