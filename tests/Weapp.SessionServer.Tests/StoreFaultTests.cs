using System.Runtime.Versioning;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Time.Testing;
using Weapp.SessionServer.Tests.Support;
using Weapp.TestKit;

namespace Weapp.SessionServer.Tests;

/// <summary>A database that is held by others, damaged, or on a disk that is full: who asks is told so, soon, and no session is lost.</summary>
public sealed class StoreFaultTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_database_that_another_process_holds_fails_logins_and_no_check_waits_for_them()
    {
        await using var server = await StartAsync(_folder.File("sessions.db"));
        var session = await SessionCalls.LogInAsync(server, "三木");
        var phones = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => Phone.AskWeChatAsync(server, $"phone {i}")));
        await using (var connection = Open(_folder.File("sessions.db")))
        {
            await using var transaction = connection.BeginTransaction(deferred: false);

            var logins = phones.Select(phone => SessionCalls.LoginAsync(server, phone)).ToList();
            for (var i = 0; i < 50; i++)
                Assert.Equal(0, (await SessionCalls.CheckAsync(server, session.Id, session.Skey)).Code());
            // It is still held: they have been given up, and do not wait for it.
            Assert.All(await Task.WhenAll(logins), static login => Assert.Equal(1006, login.Code()));
        }

        Assert.Equal(0, (await SessionCalls.LoginAsync(server, await Phone.AskWeChatAsync(server, "三木"))).Code());
    }

    [Fact]
    public async Task A_full_disk_fails_logins_and_logouts_and_loses_no_session()
    {
        using var disk = SmallDisk.Mount();
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        var sessions = new List<PhoneSession>();
        await using (var server = await StartAsync(disk.File("sessions.db"), time))
        {
            for (var i = 0; i < 4; i++)
                sessions.Add(await SessionCalls.LogInAsync(server, "三木"));
            disk.Fill();

            // What is left of the pages that are there may still take one or two.
            PhoneAnswer login;
            do
            {
                login = await SessionCalls.LoginAsync(server, (await Phone.AskWeChatAsync(server, $"{new string('木', 60)}{sessions.Count}")));
                if (login.Code() == 0)
                    sessions.Add(login.Session());
            }
            while (login.Code() == 0);

            Assert.Equal("""{"returnCode":1006,"returnMessage":"CHANGE_SESSION_ERR","returnData":"","version":1,"componentName":"MA"}""", login.Text);
            await AssertAsync(server, 0);
            Assert.Equal(1001, (await SessionCalls.LogoutAsync(server, null, sessions[0].Skey)).Code());
            time.Advance(TimeSpan.FromHours(1));
            await AssertAsync(server, 1008);

            disk.Free();
            await AssertAsync(server, 0);
            sessions.Add(await SessionCalls.LogInAsync(server, "三木"));
            Assert.Equal("ok", IntegrityOf(disk.File("sessions.db")));
            disk.Fill();
        }

        disk.Free();
        await using var restarted = await StartAsync(disk.File("sessions.db"), time);
        await AssertAsync(restarted, 0);

        async Task AssertAsync(TestServer server, int code)
        {
            foreach (var session in sessions)
                Assert.Equal(code, (await SessionCalls.CheckAsync(server, session.Id, session.Skey)).Code());
        }
    }

    [Fact]
    public async Task A_broken_database_is_told_apart_from_a_wrong_session()
    {
        await using var server = await StartAsync(_folder.File("sessions.db"));
        var session = await SessionCalls.LogInAsync(server, "三木");
        var login = await Phone.AskWeChatAsync(server, "三木");
        await using (var connection = Open(_folder.File("sessions.db")))
        {
            using var command = connection.CreateCommand();
            command.CommandText = "DROP TABLE sessions";
            command.ExecuteNonQuery();
        }

        Assert.Equal("""{"returnCode":1001,"returnMessage":"MYSQL_ERR","returnData":"","version":1,"componentName":"MA"}""", (await SessionCalls.CheckAsync(server, session.Id, session.Skey)).Text);
        Assert.Equal("""{"returnCode":1006,"returnMessage":"CHANGE_SESSION_ERR","returnData":"","version":1,"componentName":"MA"}""", (await SessionCalls.LoginAsync(server, login)).Text);
    }

    [Fact]
    [SupportedOSPlatform("linux")]
    public async Task Nobody_else_on_the_machine_can_read_the_files()
    {
        await using (var server = await StartAsync(_folder.File("sessions.db")))
        {
            await SessionCalls.LogInAsync(server, "三木");

            var keys = Directory.GetFiles(_folder.File("sessions.db-keys"));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_folder.File("sessions.db-keys")));
            Assert.All(
                (string[])[.. keys, _folder.File("sessions.db"), _folder.File("sessions.db-wal"), _folder.File("sessions.db-shm")],
                static file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file)));
            Assert.Single(keys);
        }

        // What somebody has decided since stays so.
        File.SetUnixFileMode(_folder.File("sessions.db"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        await using var restarted = await StartAsync(_folder.File("sessions.db"));
        Assert.True(File.GetUnixFileMode(_folder.File("sessions.db")).HasFlag(UnixFileMode.GroupRead));
    }

    [Fact]
    public async Task A_database_in_memory_works_and_goes_with_the_process()
    {
        await using var server = await StartAsync(":memory:");
        var session = await SessionCalls.LogInAsync(server, "三木");

        Assert.Equal("三木", (await SessionCalls.CheckAsync(server, session.Id, session.Skey)).User().NickName);
        Assert.False(File.Exists(":memory:"));
    }

    private async Task<TestServer> StartAsync(string database, TimeProvider? time = null)
    {
        var server = await Apps.SessionServerAsync(_folder, time, options => options.ConnectionString = $"Data Source={database}");
        return server.ExpectError(static line => line.Category.StartsWith("Weapp.SessionServer", StringComparison.Ordinal) && line.EventId.Id is 8 or 9 or 13);
    }

    private static SqliteConnection Open(string database)
    {
        var connection = new SqliteConnection($"Data Source={database};Pooling=False");
        connection.Open();
        return connection;
    }

    private static string? IntegrityOf(string database)
    {
        using var connection = Open(database);
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA integrity_check";
        return (string?)command.ExecuteScalar();
    }
}
