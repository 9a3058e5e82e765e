using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Http.Json;
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

    private readonly TempFolder _folder = new();
    private readonly HttpClient _client = new(new SocketsHttpHandler { MaxConnectionsPerServer = Connections });
    private readonly ConcurrentQueue<(int User, string Id, string Skey)> _answered = new();
    private Task<ProcessServer> _server = null!;
    private int _started;
    private int _ended;

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
        }

        await using var database = new SqliteConnection($"Data Source={_folder.File("sessions.db")};Pooling=False");
        database.Open();
        await using var command = database.CreateCommand();
        command.CommandText = "PRAGMA integrity_check";
        Assert.Equal("ok", await command.ExecuteScalarAsync(stop));
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

            if (Interlocked.Increment(ref _ended) is Logins / 3 or Logins * 2 / 3)
                await RestartAsync(weChat, stop);
        }
    }

    private async Task RestartAsync(Uri weChat, CancellationToken stop)
    {
        var next = new TaskCompletionSource<ProcessServer>(TaskCreationOptions.RunContinuationsAsynchronously);
        var killed = await Interlocked.Exchange(ref _server, next.Task);
        killed.Kill();
        await killed.DisposeAsync();
        next.SetResult(await StartAsync(weChat, stop));
    }

    private Task<ProcessServer> StartAsync(Uri weChat, CancellationToken stop) => ProcessServer.StartAsync(
        "src/Weapp.Server",
        [
            "--TunnelServer:Enabled=false",
            $"--SessionServer:ConnectionString=Data Source={_folder.File("sessions.db")}",
            $"--SessionServer:WeChat:BaseAddress={weChat}",
            $"--SessionServer:AppId={WeChatSample.AppId}",
            "--SessionServer:AppSecret=app-secret",
            $"--SessionServer:MaxSessionsPerUser={Logins}",
        ],
        stop);

    private async Task<JsonElement> CallAsync(ProcessServer server, string interfaceName, Dictionary<string, string> para, CancellationToken stop)
    {
        using var response = await _client.PostAsJsonAsync(
            new Uri(server.Address, "/mina_auth/"), new { @interface = new { interfaceName, para } }, stop);
        var answer = await response.Content.ReadFromJsonAsync<JsonElement>(stop);
        Assert.Equal(0, answer.GetProperty("returnCode").GetInt32());
        return answer.GetProperty("returnData");
    }
}
