using System.Globalization;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Weapp.SessionServer.Store;

/// <summary>
/// The sessions in Redis, for several session servers. They are as durable as Redis is configured to be. Each session is a hash, each user
/// is a hash and a list of their sessions, oldest first; all of them expire by themselves. One Redis, not a cluster: a login touches several keys at once.
/// </summary>
internal sealed class RedisSessionStore(RedisConnection connection, IOptions<SessionServerOptions> options, TimeProvider time) : ISessionStore
{
    // KEYS: session, user, list. ARGV: key of sessions, hash, id, app id, open id, created, visited, session_key, previous key, profile, max, lifetimes of session and user in ms.
    private const string Add = """
        redis.call('HSET', KEYS[1], 'id', ARGV[3], 'app_id', ARGV[4], 'open_id', ARGV[5], 'created', ARGV[6], 'visited', ARGV[7])
        redis.call('PEXPIRE', KEYS[1], ARGV[12])
        redis.call('HSET', KEYS[2], 'key', ARGV[8], 'previous', ARGV[9], 'profile', ARGV[10])
        redis.call('PEXPIRE', KEYS[2], ARGV[13])
        local count = redis.call('RPUSH', KEYS[3], ARGV[2])
        redis.call('PEXPIRE', KEYS[3], ARGV[13])
        while count > tonumber(ARGV[11]) do
            redis.call('DEL', ARGV[1] .. redis.call('LPOP', KEYS[3]))
            count = count - 1
        end
        """;

    private const string Visit = """
        local visited = redis.call('HGET', KEYS[1], 'visited')
        if visited and tonumber(visited) < tonumber(ARGV[1]) then redis.call('HSET', KEYS[1], 'visited', ARGV[1]) end
        """;

    private const string ReplaceKey = """
        if redis.call('EXISTS', KEYS[1]) == 1 then redis.call('HSET', KEYS[1], 'key', ARGV[1], 'previous', ARGV[2]) end
        """;

    private const string Remove = """
        redis.call('LREM', KEYS[2], 1, ARGV[1])
        return redis.call('DEL', KEYS[1])
        """;

    private const string SessionPrefix = $"{RedisConnection.Prefix}s:";

    private static readonly RedisValue[] UserFields = ["key", "previous", "profile"];
    private static readonly RedisValue[] SessionFields = ["id", "app_id", "open_id", "created", "visited"];

    public async ValueTask OpenAsync(CancellationToken cancellationToken) =>
        await CallAsync(static async database => await database.PingAsync(), cancellationToken);

    public ValueTask<StoredUser?> FindUserAsync(UserKey user, CancellationToken cancellationToken) =>
        CallAsync(database => FindUserAsync(database, user), cancellationToken);

    public async ValueTask AddAsync(StoredSession session, StoredUser user, int maxSessions, CancellationToken cancellationToken)
    {
        var longest = options.Value.LoginDuration + ISessionStore.Afterlife;
        var left = session.Created + longest - time.GetUtcNow();
        if (left <= TimeSpan.Zero)
            return;
        var hash = Convert.ToHexStringLower(session.SkeyHash);
        RedisKey[] keys = [SessionPrefix + hash, UserKeyOf(session.User), ListKeyOf(session.User)];
        RedisValue[] values =
        [
            SessionPrefix, hash, session.Id, session.User.AppId, session.User.OpenId,
            session.Created.ToUnixTimeMilliseconds(), session.Visited.ToUnixTimeMilliseconds(),
            user.ProtectedKey, user.PreviousKey ?? [], user.Profile, maxSessions, Milliseconds(left), Milliseconds(longest),
        ];
        await CallAsync(database => database.ScriptEvaluateAsync(Add, keys, values), cancellationToken);
    }

    public ValueTask<FoundSession?> FindAsync(byte[] skeyHash, CancellationToken cancellationToken) =>
        CallAsync(
            async database =>
            {
                var fields = await database.HashGetAsync(SessionPrefix + Convert.ToHexStringLower(skeyHash), SessionFields);
                if (fields[0].IsNull)
                    return null;
                var session = new StoredSession(
                    skeyHash, fields[0]!, new UserKey(fields[1]!, fields[2]!), Time(fields[3]), Time(fields[4]));
                return await FindUserAsync(database, session.User) is { } user ? new FoundSession(session, user) : null;
            },
            cancellationToken);

    public async ValueTask VisitAsync(StoredSession session, DateTimeOffset now, CancellationToken cancellationToken) =>
        await CallAsync(
            database => database.ScriptEvaluateAsync(
                Visit, [SessionPrefix + Convert.ToHexStringLower(session.SkeyHash)], [now.ToUnixTimeMilliseconds()]),
            cancellationToken);

    public async ValueTask ReplaceKeyAsync(UserKey user, byte[] protectedKey, byte[]? previousKey, CancellationToken cancellationToken) =>
        await CallAsync(database => database.ScriptEvaluateAsync(ReplaceKey, [UserKeyOf(user)], [protectedKey, previousKey ?? []]), cancellationToken);

    public ValueTask<bool> RemoveAsync(StoredSession session, CancellationToken cancellationToken)
    {
        var hash = Convert.ToHexStringLower(session.SkeyHash);
        return CallAsync(
            async database => (int)await database.ScriptEvaluateAsync(Remove, [SessionPrefix + hash, ListKeyOf(session.User)], [hash]) > 0,
            cancellationToken);
    }

    private static async Task<StoredUser?> FindUserAsync(IDatabase database, UserKey user)
    {
        var fields = await database.HashGetAsync(UserKeyOf(user), UserFields);
        return fields[0].IsNull ? null : new StoredUser(fields[0]!, fields[1].Length() == 0 ? null : (byte[]?)fields[1], fields[2]!);
    }

    private static string UserKeyOf(UserKey user) => $"{RedisConnection.Prefix}u:{user.AppId}:{user.OpenId}";

    private static string ListKeyOf(UserKey user) => $"{RedisConnection.Prefix}l:{user.AppId}:{user.OpenId}";

    private static DateTimeOffset Time(RedisValue value) => DateTimeOffset.FromUnixTimeMilliseconds((long)value);

    private static string Milliseconds(TimeSpan span) => ((long)span.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);

    private async ValueTask<T> CallAsync<T>(Func<IDatabase, Task<T>> call, CancellationToken cancellationToken)
    {
        try
        {
            return await call(await connection.DatabaseAsync(cancellationToken)).WaitAsync(cancellationToken);
        }
        catch (Exception e) when (e is RedisException or TimeoutException)
        {
            throw new SessionStoreException("Redis failed.", e);
        }
    }
}
