using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using BenchmarkDotNet.Attributes;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Weapp.Protocol.Sessions;

namespace Weapp.Benchmarks.Sessions;

/// <summary>L1 in process: a session check as an app with the server inside makes it, among 100,000 sessions.</summary>
[MemoryDiagnoser]
public class SessionCheck
{
    // Filling it takes longer than all measurements; it goes with the process.
    private static readonly Lazy<string> Folder = new(CreateFolder);

    private readonly (string Id, string Skey)[] _sessions;
    private readonly IHost _host;
    private readonly ISessionServer _server;
    private readonly SqliteConnection _database;
    private readonly SqliteCommand _find;
    private int _next;

    /// <summary>Fills the database, and opens it twice: for the server, and for the bare query.</summary>
    public SessionCheck()
    {
        _sessions = [.. File.ReadLines(Path.Combine(Folder.Value, "checks.txt")).Select(Read)];
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSessionServer(options => SessionFolder.Configure(options, Folder.Value));
        _host = builder.Build();
        _host.Start();
        _server = _host.Services.GetRequiredService<ISessionServer>();
        _database = OpenDatabase();
        _find = _database.CreateCommand();
        _find.CommandText = "SELECT id, open_id, user_info FROM sessions JOIN users USING (user_no) WHERE skey_hash = $skey_hash";
        _find.Parameters.Add(new SqliteParameter { ParameterName = "$skey_hash" });
        if (Weapp() is null || Query() is null)
            throw new InvalidOperationException("A session that is there was not found.");
    }

    /// <summary>Gives the files back.</summary>
    [GlobalCleanup]
    public void CleanUp()
    {
        _find.Dispose();
        _database.Dispose();
        _host.StopAsync().GetAwaiter().GetResult();
        _host.Dispose();
    }

    /// <summary>The one query that nobody can leave out, with a prepared command.</summary>
    [Benchmark(Baseline = true)]
    public object? Query()
    {
        var (_, skey) = Next();
        _find.Parameters[0].Value = SHA256.HashData(Encoding.UTF8.GetBytes(skey));
        using var reader = _find.ExecuteReader();
        return reader.Read() ? (reader.GetString(0), reader.GetString(1), (byte[])reader[2]) : null;
    }

    /// <summary>The check: id and secret compared, both durations, the visit noted, the user read.</summary>
    [Benchmark]
    public object? Weapp()
    {
        var (id, skey) = Next();
        return _server.CheckAsync(id, skey, CancellationToken.None).AsTask().GetAwaiter().GetResult().Value;
    }

    private static string CreateFolder()
    {
        var folder = Directory.CreateTempSubdirectory("weapp-sessions-");
        AppDomain.CurrentDomain.ProcessExit += (_, _) => folder.Delete(recursive: true);
        SessionFolder.FillAsync(folder.FullName).GetAwaiter().GetResult();
        return folder.FullName;
    }

    private static SqliteConnection OpenDatabase()
    {
        var database = new SqliteConnection($"{SessionFolder.Database(Folder.Value)};Pooling=False");
        database.Open();
        return database;
    }

    // Far apart, as users are.
    private (string Id, string Skey) Next() => _sessions[_next = (_next + 61_803) % _sessions.Length];

    private static (string Id, string Skey) Read(string request)
    {
        var para = JsonElement.Parse(request).GetProperty("interface").GetProperty("para");
        return (para.GetProperty("id").GetString()!, para.GetProperty("skey").GetString()!);
    }
}
