using System.Net;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Weapp.SessionServer.Tests.Support;
using Weapp.TestKit;

namespace Weapp.SessionServer.Tests;

/// <summary>Who tries keys and data out, and the rarer refusals.</summary>
public sealed class ThreatTests : IAsyncLifetime
{
    private const string OtherApp = "wx0000000000000002";

    private readonly TempFolder _folder = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private TestServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await Apps.SessionServerAsync(_folder, _time, static options =>
    {
        options.AppId = "wx0000000000000001";
        options.Apps.Add(OtherApp, "other-secret");
    });

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Wrong_skeys_of_one_id_are_slowed_down_and_the_right_one_is_not()
    {
        var session = await SessionCalls.LogInAsync(_server, "三木");
        var answers = new List<PhoneAnswer>();
        for (var i = 0; i < 12; i++)
            answers.Add(await SessionCalls.CheckAsync(_server, session.Id, $"wrong{i}"));

        Assert.All(answers.Take(10), static answer => Assert.Equal(HttpStatusCode.OK, answer.Status));
        Assert.All(answers.Skip(10), static answer => Assert.Equal(HttpStatusCode.TooManyRequests, answer.Status));
        Assert.Single(answers.DistinctBy(static answer => answer.Text));
        Assert.Equal(0, (await SessionCalls.CheckAsync(_server, session.Id, session.Skey)).Code());
        Assert.Equal(60012, (await SessionCalls.CheckAsync(_server, "another id", "wrong")).Code());
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(60012, (await SessionCalls.CheckAsync(_server, session.Id, "wrong")).Code());
    }

    [Fact]
    public async Task A_phone_that_repeats_an_ended_session_is_told_so_each_time()
    {
        var session = await SessionCalls.LogInAsync(_server, "三木");
        await SessionCalls.LogoutAsync(_server, session.Id, session.Skey);

        for (var i = 0; i < 30; i++)
            Assert.Equal(60012, (await SessionCalls.CheckAsync(_server, session.Id, session.Skey)).Code());
    }

    [Fact]
    public async Task Keys_of_any_length_are_wrong_keys_and_nothing_is_kept_of_them()
    {
        var session = await SessionCalls.LogInAsync(_server, "三木");
        var id = new string('i', 50_000);

        for (var i = 0; i < 20; i++)
            Assert.Equal(60012, (await SessionCalls.CheckAsync(_server, id, $"wrong{i}")).Code());
        Assert.Equal(60012, (await SessionCalls.CheckAsync(_server, id, session.Skey)).Code());
        Assert.Equal(60012, (await SessionCalls.CheckAsync(_server, null, new string('s', 50_000))).Code());
        Assert.Equal(0, (await SessionCalls.CheckAsync(_server, session.Id, session.Skey)).Code());
    }

    [Fact]
    public async Task Ten_thousand_hostile_texts_are_told_what_a_random_one_is()
    {
        var session = await SessionCalls.LogInAsync(_server, "三木");
        var wrong = (await SessionCalls.CheckAsync(_server, null, "random")).Text;
        var refused = (await SessionCalls.LoginAsync(_server, "a random text")).Text;
        var seed = Environment.TickCount;
        TestContext.Current.SendDiagnosticMessage($"seed {seed}");
        var random = new Random(seed);
        string[] pieces = ["'", "\"", ";", "--", "/*", "*/", "\\", "%", "_", "\0", "\r\n", "\u001b[31m", "$skey_hash", ":1", "?", " OR 1=1", " UNION SELECT ", "DROP TABLE sessions", "x'00'", "{0}", "${x}", "<script>", "木", "\u202e"];
        var texts = Enumerable.Range(0, 10_000).Select(_ => string.Concat(random.GetItems(pieces, random.Next(1, 8)))).ToList();

        await Parallel.ForAsync(0, texts.Count, new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = TestContext.Current.CancellationToken }, async (i, _) =>
        {
            var text = texts[i];
            var (answer, expected) = (i % 3) switch
            {
                0 => (await SessionCalls.CheckAsync(_server, null, text), wrong),
                1 => (await SessionCalls.CheckAsync(_server, $"{text}{i}", session.Skey), wrong),
                _ => (await SessionCalls.LoginAsync(_server, $"'{text}"), refused),
            };
            Assert.Equal(expected, answer.Text);
        });

        Assert.Equal(0, (await SessionCalls.CheckAsync(_server, session.Id, session.Skey)).Code());
    }

    [Fact]
    public async Task After_five_failed_decryptions_a_session_waits_a_minute()
    {
        var login = await Phone.AskWeChatAsync(_server, "三木");
        var session = (await SessionCalls.LoginAsync(_server, login)).Session();
        var refusals = new List<PhoneAnswer>();
        for (var i = 0; i < 8; i++)
            refusals.Add(await SessionCalls.DecryptAsync(_server, session, "AAAA", login.Iv));
        Assert.Equal(0, (await SessionCalls.DecryptAsync(_server, session, login.EncryptedData, login.Iv)).Code());
        for (var i = 0; i < 4; i++)
            refusals.Add(await SessionCalls.DecryptAsync(_server, session, $"AAA{i}", login.Iv));

        refusals.Add(await SessionCalls.DecryptAsync(_server, session, login.EncryptedData, login.Iv));
        Assert.Equal(60021, Assert.Single(refusals.DistinctBy(static answer => answer.Text)).Code());
        // How far somebody got with it is for whoever looks for it.
        var lines = _server.Logs.Lines.Where(static line => line.Text.Contains("NoCipherText", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(lines);
        Assert.All(lines, static line => Assert.Equal(LogLevel.Debug, line.Level));

        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(0, (await SessionCalls.DecryptAsync(_server, session, login.EncryptedData, login.Iv)).Code());
    }

    [Fact]
    public async Task An_id_that_a_client_chooses_is_not_taken()
    {
        var login = await Phone.AskWeChatAsync(_server, "三木");

        var answer = await SessionCalls.CallAsync(_server, "qcloud.cam.id_skey", new() { ["code"] = login.Code, ["id"] = "chosen", ["skey"] = "chosen" });

        Assert.NotEqual("chosen", answer.Session().Id);
        Assert.Equal(60012, (await SessionCalls.CheckAsync(_server, null, "chosen")).Code());
    }

    [Fact]
    public async Task Many_mini_programs_share_a_server_and_see_nothing_of_each_other()
    {
        var here = await Phone.AskWeChatAsync(_server, "三木");
        var there = await Phone.AskWeChatAsync(_server, "三木", OtherApp);

        var wrongApp = await LoginAsync(there, null);
        var mine = await LoginAsync(here, null);
        var theirs = await LoginAsync(there, OtherApp);

        Assert.Equal(40029, wrongApp.Code());
        Assert.NotEqual(mine.User().OpenId, theirs.User().OpenId);
        var (skey, id) = (theirs.Session().Skey, theirs.Session().Id);
        Assert.Equal(0, (await CheckAsync(OtherApp)).Code());
        Assert.Equal(60012, (await CheckAsync("wx0000000000000001")).Code());
        Assert.Equal(0, (await SessionCalls.CheckAsync(_server, id, skey)).Code());
        Assert.Equal(0, (await SessionCalls.DecryptAsync(_server, theirs.Session(), there.EncryptedData, there.Iv)).Code());
        Assert.Equal(
            """{"returnCode":1012,"returnMessage":"NO_APPID","returnData":"","version":1,"componentName":"MA"}""",
            (await LoginAsync(await Phone.AskWeChatAsync(_server, "三木"), "wx-unknown")).Text);

        Task<PhoneAnswer> CheckAsync(string appId) => SessionCalls.CallAsync(_server, "qcloud.cam.auth", new() { ["skey"] = skey, ["appid"] = appId });
    }

    [Fact]
    public async Task A_visit_that_cannot_be_stored_has_its_own_code()
    {
        var session = await SessionCalls.LogInAsync(_server, "三木");
        _server.ExpectError(static line => line.EventId.Id == 13);
        Execute("CREATE TRIGGER no_visits BEFORE UPDATE ON sessions BEGIN SELECT RAISE(ABORT, 'no visits'); END");
        _time.Advance(TimeSpan.FromHours(1));

        Assert.Equal(
            """{"returnCode":1008,"returnMessage":"CHANGE_LAST_VISIT_TIME_ERR","returnData":"","version":1,"componentName":"MA"}""",
            (await SessionCalls.CheckAsync(_server, session.Id, session.Skey)).Text);
    }

    [Fact]
    public async Task A_database_of_the_first_version_is_taken_over()
    {
        var login = await Phone.AskWeChatAsync(_server, "三木");
        var session = (await SessionCalls.LoginAsync(_server, login)).Session();
        await _server.StopAsync();
        Execute(
            """
            ALTER TABLE sessions RENAME TO new_sessions;
            CREATE TABLE sessions (
                open_id TEXT PRIMARY KEY NOT NULL, id TEXT NOT NULL UNIQUE, skey_hash BLOB NOT NULL UNIQUE, session_key BLOB NOT NULL,
                user_info BLOB NOT NULL, create_time INTEGER NOT NULL, last_visit_time INTEGER NOT NULL) STRICT;
            INSERT INTO sessions SELECT open_id, id, skey_hash, session_key, user_info, create_time, last_visit_time FROM new_sessions JOIN users USING (user_no);
            DROP TABLE new_sessions;
            DROP TABLE users;
            PRAGMA user_version = 1;
            """);
        await _server.DisposeAsync();

        await InitializeAsync();

        Assert.Equal("三木", (await SessionCalls.CheckAsync(_server, session.Id, session.Skey)).User().NickName);
        Assert.Equal(0, (await SessionCalls.DecryptAsync(_server, session, login.EncryptedData, login.Iv)).Code());
    }

    private Task<PhoneAnswer> LoginAsync(WeChatLogin login, string? appId) =>
        SessionCalls.CallAsync(_server, "qcloud.cam.id_skey", new() { ["code"] = login.Code, ["encrypt_data"] = login.EncryptedData, ["iv"] = login.Iv, ["appid"] = appId });

    private void Execute(string text)
    {
        using var connection = new SqliteConnection($"Data Source={_folder.File("sessions.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = text;
        command.ExecuteNonQuery();
    }
}
