using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Data.Sqlite;
using Weapp.SessionServer.Tests.Support;
using Weapp.TestKit;

namespace Weapp.SessionServer.Tests;

/// <summary>The real server, killed in the middle of its work.</summary>
public sealed class CrashTests : IDisposable
{
    private const int Logins = 10_000;
    private const int Users = 1_000;
    private const int Connections = 64;

    /// <summary>How often the process is killed: twice, or as often as somebody wants to know.</summary>
    private static readonly int Kills = int.Parse(Environment.GetEnvironmentVariable("WEAPP_KILLS") is { Length: > 0 } kills ? kills : "2", CultureInfo.InvariantCulture);

    private readonly TempFolder _folder = new();
    private readonly HttpClient _client = new(new SocketsHttpHandler { MaxConnectionsPerServer = Connections });
    private readonly ConcurrentQueue<(int User, string Id, string Skey)> _answered = new();
    private Task<ProcessServer> _server = null!;
    private int _started;
    private int _ended;
    private int _kills;

    public void Dispose()
    {
        _client.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task No_session_that_was_answered_is_lost_when_the_process_is_killed()
    {
        var stop = TestContext.Current.CancellationToken;
        // A code is the user's number, a dash, and anything.
        await using var weChat = await TestServer.StartAsync(static _ => { }, static app => app.MapGet("/sns/jscode2session", static (HttpContext context) =>
            $$"""{"openid":"o{{context.Request.Query["js_code"].ToString().Split('-')[0]}}","session_key":"{{WeChatSample.SessionKey}}"}"""));
        _server = StartAsync(weChat.Address, stop);

        await Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => LogInAsync(weChat.Address, stop)));
        var server = await _server;
        await using (server)
        {
            Assert.Equal(Logins, _answered.Count);
            await Parallel.ForEachAsync(_answered, new ParallelOptions { MaxDegreeOfParallelism = Connections, CancellationToken = stop }, async (session, cancel) =>
            {
                var answer = await CallAsync(server, "qcloud.cam.auth", new() { ["id"] = session.Id, ["skey"] = session.Skey }, cancel);
                Assert.Equal($"o{session.User}", answer.GetProperty("user_info").GetProperty("openId").GetString());
            });
            await AssertNothingStoredLogsInAsync(server, stop);
        }

        AssertIntegrity();
        AssertNobodyCanGuess([.. _answered.SelectMany(static session => (string[])[session.Id, session.Skey])]);
    }

    private async Task LogInAsync(Uri weChat, CancellationToken stop)
    {
        while (Interlocked.Increment(ref _started) is var number && number <= Logins)
        {
            var user = number % Users;
            for (var attempt = 0; ; attempt++)
            {
                var current = Volatile.Read(ref _server);
                var server = await current;
                try
                {
                    var grant = await CallAsync(server, "qcloud.cam.id_skey", new() { ["code"] = string.Create(CultureInfo.InvariantCulture, $"{user}-{number}-{attempt}") }, stop);
                    _answered.Enqueue((user, grant.GetProperty("id").GetString()!, grant.GetProperty("skey").GetString()!));
                    break;
                }
                catch (HttpRequestException) when (!ReferenceEquals(current, Volatile.Read(ref _server)))
                {
                    // It was killed: nobody has been told of this session.
                }
            }

            if (Interlocked.Increment(ref _ended) is var ended && ended < Logins && ended % (Logins / (Kills + 1)) == 0 && Interlocked.Increment(ref _kills) <= Kills)
                await RestartAsync(weChat, stop);
        }
    }

    private async Task RestartAsync(Uri weChat, CancellationToken stop)
    {
        var next = new TaskCompletionSource<ProcessServer>(TaskCreationOptions.RunContinuationsAsynchronously);
        var killed = await Interlocked.Exchange(ref _server, next.Task);
        killed.Kill();
        await killed.DisposeAsync();
        try
        {
            next.SetResult(await StartAsync(weChat, stop));
        }
        catch (Exception e)
        {
            // The others wait for it.
            next.SetException(e);
            throw;
        }

        AssertIntegrity();
    }

    private void AssertIntegrity()
    {
        using var database = Open();
        using var command = database.CreateCommand();
        command.CommandText = "PRAGMA integrity_check";
        Assert.Equal("ok", command.ExecuteScalar());
    }

    private SqliteConnection Open()
    {
        var database = new SqliteConnection($"Data Source={_folder.File("sessions.db")};Pooling=False");
        database.Open();
        return database;
    }

    /// <summary>Whoever has the database has nobody's session.</summary>
    private async Task AssertNothingStoredLogsInAsync(ProcessServer server, CancellationToken stop)
    {
        await using var database = Open();
        await using var command = database.CreateCommand();
        command.CommandText = "SELECT skey_hash FROM sessions LIMIT 10";
        await using var reader = await command.ExecuteReaderAsync(stop);
        while (await reader.ReadAsync(stop))
        {
            var stored = (byte[])reader[0];
            foreach (var skey in (string[])[Convert.ToHexStringLower(stored), Convert.ToBase64String(stored), Base64Url.EncodeToString(stored), Encoding.Latin1.GetString(stored)])
                Assert.Equal(60012, (await PostAsync(server, "qcloud.cam.auth", new() { ["skey"] = skey }, stop)).GetProperty("returnCode").GetInt32());
        }
    }

    /// <summary>All are different, and each of their 256 bits is as often set as not: by nine standard deviations at most.</summary>
    private static void AssertNobodyCanGuess(List<string> keys)
    {
        Assert.Equal(keys.Count, keys.Distinct().Count());
        var ones = new int[256];
        foreach (var key in keys)
        {
            var bytes = Base64Url.DecodeFromChars(key);
            Assert.Equal(32, bytes.Length);
            for (var bit = 0; bit < ones.Length; bit++)
                ones[bit] += (bytes[bit / 8] >> (bit % 8)) & 1;
        }

        var tolerance = (int)(9 * Math.Sqrt(keys.Count) / 2);
        Assert.All(ones, count => Assert.InRange(count, (keys.Count / 2) - tolerance, (keys.Count / 2) + tolerance));
    }

    private async Task<ProcessServer> StartAsync(Uri weChat, CancellationToken stop) => (await ProcessServer.StartAsync(
        "src/Weapp.Server",
        [
            "--TunnelServer:Enabled=false",
            $"--SessionServer:ConnectionString=Data Source={_folder.File("sessions.db")}",
            $"--SessionServer:WeChat:BaseAddress={weChat}",
            $"--SessionServer:AppId={WeChatSample.AppId}",
            "--SessionServer:AppSecret=app-secret",
            // So that no session ends because its user has logged in again: each one that was answered must be there.
            $"--SessionServer:MaxSessionsPerUser={Logins}",
        ],
        stop)).Secret("app-secret", WeChatSample.SessionKey);

    private async Task<JsonElement> CallAsync(ProcessServer server, string interfaceName, Dictionary<string, string> para, CancellationToken stop)
    {
        var answer = await PostAsync(server, interfaceName, para, stop);
        Assert.Equal(0, answer.GetProperty("returnCode").GetInt32());
        return answer.GetProperty("returnData");
    }

    private async Task<JsonElement> PostAsync(ProcessServer server, string interfaceName, Dictionary<string, string> para, CancellationToken stop)
    {
        using var response = await _client.PostAsJsonAsync(
            new Uri(server.Address, "/mina_auth/"), new { @interface = new { interfaceName, para } }, stop);
        return await response.Content.ReadFromJsonAsync<JsonElement>(stop);
    }
}
