using Microsoft.Data.Sqlite;

namespace Weapp.SessionServer.Store;

/// <summary>An open session database and its prepared commands. Not thread safe.</summary>
internal sealed class SqliteCommands : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly List<SqliteCommand> _commands = [];
    private readonly SqliteCommand _findUser;
    private readonly SqliteCommand _putUser;
    private readonly SqliteCommand _putSession;
    private readonly SqliteCommand _trim;
    private readonly SqliteCommand _forgetSessions;
    private readonly SqliteCommand _forgetUsers;
    private readonly SqliteCommand _find;
    private readonly SqliteCommand _visit;
    private readonly SqliteCommand _replaceKey;
    private readonly SqliteCommand _remove;
    private SqliteTransaction? _transaction;

    public SqliteCommands(SqliteConnection connection)
    {
        _connection = connection;
        _findUser = Prepare(
            "SELECT session_key, previous_key, user_info FROM users WHERE app_id = $app_id AND open_id = $open_id", "$app_id", "$open_id");
        _putUser = Prepare(
            """
            INSERT INTO users (app_id, open_id, session_key, previous_key, user_info, login_time)
            VALUES ($app_id, $open_id, $session_key, $previous_key, $user_info, $now)
            ON CONFLICT (app_id, open_id) DO UPDATE SET session_key = excluded.session_key, previous_key = excluded.previous_key,
                user_info = excluded.user_info, login_time = max(login_time, excluded.login_time)
            RETURNING user_no
            """,
            "$app_id", "$open_id", "$session_key", "$previous_key", "$user_info", "$now");
        _putSession = Prepare(
            """
            INSERT INTO sessions (skey_hash, id, user_no, create_time, last_visit_time)
            VALUES ($skey_hash, $id, $user_no, $create_time, $last_visit_time)
            """,
            "$skey_hash", "$id", "$user_no", "$create_time", "$last_visit_time");
        _trim = Prepare(
            """
            DELETE FROM sessions WHERE session_no IN (
                SELECT session_no FROM sessions WHERE user_no = $user_no ORDER BY create_time DESC, session_no DESC LIMIT -1 OFFSET $max)
            """,
            "$user_no", "$max");
        _forgetSessions = Prepare("DELETE FROM sessions WHERE create_time < $before", "$before");
        _forgetUsers = Prepare("DELETE FROM users WHERE login_time < $before", "$before");
        _find = Prepare(
            """
            SELECT id, app_id, open_id, create_time, last_visit_time, session_key, previous_key, user_info
            FROM sessions JOIN users USING (user_no) WHERE skey_hash = $skey_hash
            """,
            "$skey_hash");
        _visit = Prepare("UPDATE sessions SET last_visit_time = max(last_visit_time, $now) WHERE skey_hash = $skey_hash", "$skey_hash", "$now");
        _replaceKey = Prepare(
            "UPDATE users SET session_key = $session_key, previous_key = $previous_key WHERE app_id = $app_id AND open_id = $open_id",
            "$app_id", "$open_id", "$session_key", "$previous_key");
        _remove = Prepare("DELETE FROM sessions WHERE skey_hash = $skey_hash", "$skey_hash");
    }

    public StoredUser? FindUser(UserKey user)
    {
        Set(_findUser, user.AppId, user.OpenId);
        using var reader = _findUser.ExecuteReader();
        return reader.Read() ? ReadUser(reader, 0) : null;
    }

    public void Add(StoredSession session, StoredUser user, int maxSessions, DateTimeOffset forgetBefore) => Durably(() =>
    {
        using var transaction = _transaction = _connection.BeginTransaction(deferred: false);
        try
        {
            Run(_forgetSessions, forgetBefore.ToUnixTimeMilliseconds());
            Run(_forgetUsers, forgetBefore.ToUnixTimeMilliseconds());
            var created = session.Created.ToUnixTimeMilliseconds();
            Set(_putUser, session.User.AppId, session.User.OpenId, user.ProtectedKey, user.PreviousKey, user.Profile, created);
            var userNo = _putUser.ExecuteScalar();
            Run(_putSession, session.SkeyHash, session.Id, userNo, created, session.Visited.ToUnixTimeMilliseconds());
            Run(_trim, userNo, maxSessions);
            transaction.Commit();
            return true;
        }
        finally
        {
            _transaction = null;
        }
    });

    public FoundSession? Find(byte[] skeyHash)
    {
        Set(_find, skeyHash);
        using var reader = _find.ExecuteReader();
        return reader.Read()
            ? new FoundSession(
                new StoredSession(
                    skeyHash,
                    reader.GetString(0),
                    new UserKey(reader.GetString(1), reader.GetString(2)),
                    DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(3)),
                    DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(4))),
                ReadUser(reader, 5))
            : null;
    }

    public void Visit(byte[] skeyHash, DateTimeOffset now) => Run(_visit, skeyHash, now.ToUnixTimeMilliseconds());

    public void ReplaceKey(UserKey user, byte[] protectedKey, byte[]? previousKey) =>
        Durably(() => Run(_replaceKey, user.AppId, user.OpenId, protectedKey, previousKey));

    public bool Remove(byte[] skeyHash) => Durably(() => Run(_remove, skeyHash)) > 0;

    public void Dispose()
    {
        foreach (var command in _commands)
            command.Dispose();
        _connection.Dispose();
    }

    private static StoredUser ReadUser(SqliteDataReader reader, int first) =>
        new((byte[])reader[first], reader[first + 1] as byte[], (byte[])reader[first + 2]);

    /// <summary>Writes what must outlive a loss of power once it was answered: all but the times of visits, which are written most often.</summary>
    private T Durably<T>(Func<T> write)
    {
        SqliteSchema.Execute(_connection, "PRAGMA synchronous = FULL");
        try
        {
            return write();
        }
        finally
        {
            SqliteSchema.Execute(_connection, "PRAGMA synchronous = NORMAL");
        }
    }

    private SqliteCommand Prepare(string text, params ReadOnlySpan<string> parameters)
    {
        var command = _connection.CreateCommand();
        command.CommandText = text;
        foreach (var name in parameters)
            command.Parameters.Add(new SqliteParameter { ParameterName = name });
        _commands.Add(command);
        return command;
    }

    private int Run(SqliteCommand command, params ReadOnlySpan<object?> values)
    {
        Set(command, values);
        return command.ExecuteNonQuery();
    }

    private void Set(SqliteCommand command, params ReadOnlySpan<object?> values)
    {
        command.Transaction = _transaction;
        for (var i = 0; i < values.Length; i++)
            command.Parameters[i].Value = values[i] ?? DBNull.Value;
    }
}
