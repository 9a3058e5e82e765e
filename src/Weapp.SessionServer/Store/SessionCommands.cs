using Microsoft.Data.Sqlite;

namespace Weapp.SessionServer.Store;

/// <summary>An open session database and its prepared commands. Not thread safe.</summary>
internal sealed class SessionCommands : IDisposable
{
    private const int SchemaVersion = 1;

    private const string Schema = """
        CREATE TABLE sessions (
            open_id         TEXT PRIMARY KEY NOT NULL,
            id              TEXT NOT NULL UNIQUE,
            skey_hash       BLOB NOT NULL UNIQUE,
            session_key     BLOB NOT NULL,
            user_info       BLOB NOT NULL,
            create_time     INTEGER NOT NULL,
            last_visit_time INTEGER NOT NULL
        ) STRICT;
        """;

    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _replace;
    private readonly SqliteCommand _findProfile;
    private readonly SqliteCommand _find;
    private readonly SqliteCommand _visit;
    private readonly SqliteCommand _remove;

    private SessionCommands(SqliteConnection connection)
    {
        _connection = connection;
        _findProfile = Prepare("SELECT user_info FROM sessions WHERE open_id = $open_id", "$open_id");
        _find = Prepare("SELECT id, session_key, user_info, create_time, last_visit_time FROM sessions WHERE skey_hash = $skey_hash", "$skey_hash");
        _visit = Prepare("UPDATE sessions SET last_visit_time = $now WHERE id = $id AND last_visit_time < $now", "$id", "$now");
        _remove = Prepare("DELETE FROM sessions WHERE id = $id", "$id");
        _replace = Prepare(
            """
            INSERT INTO sessions (open_id, id, skey_hash, session_key, user_info, create_time, last_visit_time)
            VALUES ($open_id, $id, $skey_hash, $session_key, $user_info, $now, $now)
            ON CONFLICT (open_id) DO UPDATE SET
                id = excluded.id, skey_hash = excluded.skey_hash, session_key = excluded.session_key, user_info = excluded.user_info,
                create_time = excluded.create_time, last_visit_time = excluded.last_visit_time
            """,
            "$open_id", "$id", "$skey_hash", "$session_key", "$user_info", "$now");
    }

    /// <summary>Opens the database and brings it to this version's schema.</summary>
    /// <exception cref="SqliteException">The database cannot be opened, or was written by a later version.</exception>
    public static SessionCommands Open(string connectionString)
    {
        var connection = new SqliteConnection(connectionString);
        try
        {
            connection.Open();
            Execute(connection, "PRAGMA journal_mode = WAL");
            using (var transaction = connection.BeginTransaction(deferred: false))
            {
                var version = Convert.ToInt32(Execute(connection, "PRAGMA user_version"), System.Globalization.CultureInfo.InvariantCulture);
                if (version > SchemaVersion)
                    throw new SqliteException($"The session database has schema version {version}; this version of the session server knows {SchemaVersion}.", 1);
                if (version == 0)
                    Execute(connection, $"{Schema} PRAGMA user_version = {SchemaVersion}");
                transaction.Commit();
            }

            Execute(connection, "PRAGMA synchronous = NORMAL");
            return new SessionCommands(connection);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Stores a session in place of the same user's earlier one; tells whether there was one.</summary>
    public bool Replace(NewSession session, long now)
    {
        var replaced = FindProfile(session.OpenId) is not null;
        Set(_replace, session.OpenId, session.Id, session.SkeyHash, session.ProtectedKey, session.Profile, now);

        // A login that was answered must outlive a loss of power; the time of a visit need not.
        Execute(_connection, "PRAGMA synchronous = FULL");
        try
        {
            _replace.ExecuteNonQuery();
        }
        finally
        {
            Execute(_connection, "PRAGMA synchronous = NORMAL");
        }

        return replaced;
    }

    public byte[]? FindProfile(string openId)
    {
        Set(_findProfile, openId);
        return (byte[]?)_findProfile.ExecuteScalar();
    }

    public StoredSession? Find(byte[] skeyHash)
    {
        Set(_find, skeyHash);
        using var reader = _find.ExecuteReader();
        return reader.Read()
            ? new StoredSession(
                reader.GetString(0),
                (byte[])reader[1],
                (byte[])reader[2],
                DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(3)),
                DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(4)))
            : null;
    }

    public bool Visit(string id, long now)
    {
        Set(_visit, id, now);
        return _visit.ExecuteNonQuery() > 0;
    }

    public bool Remove(string id)
    {
        Set(_remove, id);
        return _remove.ExecuteNonQuery() > 0;
    }

    public void Dispose()
    {
        _remove.Dispose();
        _replace.Dispose();
        _findProfile.Dispose();
        _find.Dispose();
        _visit.Dispose();
        _connection.Dispose();
    }

    private SqliteCommand Prepare(string text, params ReadOnlySpan<string> parameters)
    {
        var command = _connection.CreateCommand();
        command.CommandText = text;
        foreach (var name in parameters)
            command.Parameters.Add(new SqliteParameter { ParameterName = name });
        return command;
    }

    private static void Set(SqliteCommand command, params ReadOnlySpan<object> values)
    {
        for (var i = 0; i < values.Length; i++)
            command.Parameters[i].Value = values[i];
    }

    private static object? Execute(SqliteConnection connection, string text)
    {
        using var command = connection.CreateCommand();
        command.CommandText = text;
        return command.ExecuteScalar();
    }
}
