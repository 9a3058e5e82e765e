using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Weapp.SessionServer.Store;

/// <summary>The tables of the session database, and the way there from each earlier version.</summary>
internal static class SqliteSchema
{
    // One migration for each version, applied in order; what has been released is never changed.
    private static readonly string[] Migrations =
    [
        """
        CREATE TABLE sessions (
            open_id         TEXT PRIMARY KEY NOT NULL,
            id              TEXT NOT NULL UNIQUE,
            skey_hash       BLOB NOT NULL UNIQUE,
            session_key     BLOB NOT NULL,
            user_info       BLOB NOT NULL,
            create_time     INTEGER NOT NULL,
            last_visit_time INTEGER NOT NULL
        ) STRICT;
        """,
        """
        ALTER TABLE sessions RENAME TO sessions_1;
        CREATE TABLE users (
            user_no      INTEGER PRIMARY KEY,
            app_id       TEXT NOT NULL,
            open_id      TEXT NOT NULL,
            session_key  BLOB NOT NULL,
            previous_key BLOB,
            user_info    BLOB NOT NULL,
            login_time   INTEGER NOT NULL,
            UNIQUE (app_id, open_id)
        ) STRICT;
        CREATE TABLE sessions (
            session_no      INTEGER PRIMARY KEY,
            skey_hash       BLOB NOT NULL UNIQUE,
            id              TEXT NOT NULL,
            user_no         INTEGER NOT NULL REFERENCES users (user_no) ON DELETE CASCADE,
            create_time     INTEGER NOT NULL,
            last_visit_time INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX sessions_of_user ON sessions (user_no, create_time);
        CREATE INDEX sessions_by_age ON sessions (create_time);
        CREATE INDEX users_by_age ON users (login_time);
        INSERT INTO users (app_id, open_id, session_key, user_info, login_time)
            SELECT $app_id, open_id, session_key, user_info, create_time FROM sessions_1;
        INSERT INTO sessions (skey_hash, id, user_no, create_time, last_visit_time)
            SELECT skey_hash, id, user_no, create_time, last_visit_time FROM sessions_1 JOIN users USING (open_id);
        DROP TABLE sessions_1;
        """,
    ];

    /// <summary>Opens a database and brings it to this version's schema.</summary>
    /// <param name="connectionString">Where it is.</param>
    /// <param name="appId">The mini program whose users a database of version 1 holds.</param>
    /// <exception cref="SqliteException">The database cannot be opened, or was written by a later version.</exception>
    public static SqliteConnection Open(string connectionString, string appId) => Open(connectionString, connection =>
    {
        if (IsNew(connection))
            KeepToOurselves(connection);
        Execute(connection, "PRAGMA journal_mode = WAL");
        // Outlives the process by itself; what must also outlive a loss of power says so (SqliteCommands.Durably).
        Execute(connection, "PRAGMA synchronous = NORMAL");
        Execute(connection, "PRAGMA foreign_keys = ON");
        Migrate(connection, appId);
    });

    /// <summary>Opens a database that has this version's schema, to read it.</summary>
    /// <exception cref="SqliteException">The database cannot be opened.</exception>
    public static SqliteConnection OpenToRead(string connectionString) =>
        Open(connectionString, static connection => Execute(connection, "PRAGMA query_only = ON"));

    /// <summary>Whether a database goes with its connection.</summary>
    public static bool IsInMemory(SqliteConnectionStringBuilder database) =>
        database.Mode == SqliteOpenMode.Memory || database.DataSource == ":memory:";

    public static void Execute(SqliteConnection connection, string text)
    {
        using var command = connection.CreateCommand();
        command.CommandText = text;
        command.ExecuteNonQuery();
    }

    private static SqliteConnection Open(string connectionString, Action<SqliteConnection> prepare)
    {
        var connection = new SqliteConnection(connectionString);
        try
        {
            connection.Open();
            prepare(connection);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static bool IsNew(SqliteConnection connection) => Convert.ToInt64(Read(connection, "PRAGMA page_count"), CultureInfo.InvariantCulture) == 0;

    /// <summary>Closes a new database to other users of the machine; the files that SQLite puts beside it follow it.</summary>
    private static void KeepToOurselves(SqliteConnection connection)
    {
        if (OperatingSystem.IsWindows() || Read(connection, "SELECT file FROM pragma_database_list WHERE name = 'main'") is not string { Length: > 0 } file)
            return;
        try
        {
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A file system without permissions.
        }
    }

    private static object? Read(SqliteConnection connection, string text)
    {
        using var command = connection.CreateCommand();
        command.CommandText = text;
        return command.ExecuteScalar();
    }

    private static void Migrate(SqliteConnection connection, string appId)
    {
        using var transaction = connection.BeginTransaction(deferred: false);
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = "PRAGMA user_version";
        var version = Convert.ToInt32(command.ExecuteScalar(), CultureInfo.InvariantCulture);
        if (version > Migrations.Length)
            throw new SqliteException($"The session database has schema version {version}; this version of the session server knows {Migrations.Length}.", 1);
        if (version == Migrations.Length)
            return;
        command.Parameters.AddWithValue("$app_id", appId);
        for (; version < Migrations.Length; version++)
        {
            command.CommandText = Migrations[version];
            command.ExecuteNonQuery();
        }

        command.CommandText = $"PRAGMA user_version = {Migrations.Length}";
        command.ExecuteNonQuery();
        transaction.Commit();
    }
}
