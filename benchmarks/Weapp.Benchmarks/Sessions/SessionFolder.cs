using System.Security.Cryptography;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Weapp.SessionServer;

namespace Weapp.Benchmarks.Sessions;

/// <summary>A folder with a session database of <see cref="Count"/> sessions, and the requests that check them.</summary>
internal static class SessionFolder
{
    public const int Count = 100_000;

    public const string AppId = "wx4f4bc4dec97d474b";

    public static string Database(string folder) => $"Data Source={Path.Combine(folder, "sessions.db")}";

    public static void Configure(SessionServerOptions options, string folder)
    {
        options.AppId = AppId;
        options.AppSecret = "not used: nobody logs in";
        options.ConnectionString = Database(folder);
    }

    /// <summary>Fills the database through the server's own import; a request for each session, one a line, goes to <c>checks.txt</c>.</summary>
    public static async Task FillAsync(string folder)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSessionServer(options => Configure(options, folder));
        using var host = builder.Build();
        await host.StartAsync();
        var import = host.Services.GetRequiredService<ISessionImport>();
        await using (var checks = File.CreateText(Path.Combine(folder, "checks.txt")))
        {
            for (var i = 0; i < Count; i++)
            {
                var session = Next(i);
                if (await import.AddAsync(session, CancellationToken.None) != SessionImportOutcome.Imported)
                    throw new InvalidOperationException("A session was not stored.");
                await checks.WriteLineAsync(
                    $$$$"""{"version":1,"componentName":"MA","interface":{"interfaceName":"qcloud.cam.auth","para":{"id":"{{{{session.Id}}}}","skey":"{{{{session.Skey}}}}"}}}""");
            }
        }

        await host.StopAsync();
        // Not the log of how it was filled, but the database is what the checks read.
        await using var database = new SqliteConnection($"{Database(folder)};Pooling=False");
        await database.OpenAsync();
        await using var command = database.CreateCommand();
        command.CommandText = "PRAGMA wal_checkpoint(TRUNCATE)";
        await command.ExecuteNonQueryAsync();
    }

    private static ImportedSession Next(int i) => new(
        Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)),
        Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)),
        $"oGZUI0egBJY1zhBYw2KhdUf{i:D5}",
        "tiihtNczf5v6AKRyjwEUhQ==",
        $$"""{"openId":"oGZUI0egBJY1zhBYw2KhdUf{{i:D5}}","nickName":"三木 {{i}}","gender":1,"language":"zh_CN","city":"Guangzhou","province":"Guangdong","country":"CN"}""",
        DateTimeOffset.UtcNow,
        DateTimeOffset.UtcNow);
}
