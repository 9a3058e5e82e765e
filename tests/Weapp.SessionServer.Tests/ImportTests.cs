using System.Globalization;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using Weapp.SessionServer.Tests.Support;
using Weapp.TestKit;

namespace Weapp.SessionServer.Tests;

/// <summary>The official session server's table becomes ours.</summary>
public sealed class ImportTests : IDisposable
{
    private const string Header = "open_id,uuid,skey,create_time,last_visit_time,session_key,user_info";

    private readonly TempFolder _folder = new();
    private readonly string _yesterday = TimeProvider.System.GetUtcNow().AddDays(-1).ToOffset(TimeSpan.FromHours(8)).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Imported_sessions_keep_working()
    {
        var json = $$"""{"openId":"{{WeChatSample.OpenId}}","nickName":"Band, \"the\" 三木"}""";
        var (code, output) = await ImportAsync(
            Header,
            $"{WeChatSample.OpenId},uuid-1,skey-1,{_yesterday},{_yesterday},{WeChatSample.SessionKey},\"{json.Replace("\"", "\"\"", StringComparison.Ordinal)}\"",
            $"o2,uuid-2,skey-2,{_yesterday},{_yesterday},{WeChatSample.SessionKey},{Convert.ToBase64String(Encoding.UTF8.GetBytes("""{"openId":"x","nickName":"双木"}"""))}",
            $"o3,uuid-3,skey-3,2017-10-08 22:22:52,{_yesterday},{WeChatSample.SessionKey},{{}}");

        Assert.Equal(0, code);
        Assert.Contains("Imported: 2, AlreadyThere: 0, Expired: 1, Unusable: 0", output);
        Assert.DoesNotContain(output, static line => line.Contains("skey-", StringComparison.Ordinal) || line.Contains(WeChatSample.SessionKey, StringComparison.Ordinal));
        await using var server = await StartAsync();
        var first = await SessionCalls.CheckAsync(server, "uuid-1", "skey-1");
        var second = await SessionCalls.CheckAsync(server, null, "skey-2");
        Assert.Equal("Band, \"the\" 三木", first.User().NickName);
        Assert.Equal(("o2", "双木"), (second.User().OpenId, second.User().NickName));
        Assert.Equal(0, (await SessionCalls.DecryptAsync(server, new PhoneSession("uuid-1", "skey-1"), WeChatSample.EncryptedData, WeChatSample.Iv)).Code());
        Assert.Equal(60012, (await SessionCalls.CheckAsync(server, null, "skey-3")).Code());
    }

    [Fact]
    public async Task A_second_import_changes_nothing_and_a_line_that_cannot_be_read_is_named()
    {
        var line = $"o1,uuid-1,skey-1,{_yesterday},{_yesterday},no key,";
        Assert.Equal(0, (await ImportAsync(Header, line)).Code);

        var (code, output) = await ImportAsync(Header, line, $"o2,uuid-2,skey-2,yesterday,{_yesterday},k,", $",uuid-3,skey-3,{_yesterday},{_yesterday},k,");

        Assert.Equal(2, code);
        Assert.Contains("Imported: 0, AlreadyThere: 1, Expired: 0, Unusable: 2", output);
        Assert.Contains(output, static text => text.StartsWith("Line 3 ", StringComparison.Ordinal));
        Assert.Contains(output, static text => text.StartsWith("Line 4 ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Keys_that_no_phone_could_send_and_users_that_WeChat_could_not_name_are_left_out()
    {
        var (code, output) = await ImportAsync(
            Header,
            $"o1,uuid-1,\"skey,1\",{_yesterday},{_yesterday},k,",
            $"o2,{new string('u', 257)},skey-2,{_yesterday},{_yesterday},k,",
            $"o:3,uuid-3,skey-3,{_yesterday},{_yesterday},k,",
            $"o4,uuid 4,skey-4,{_yesterday},{_yesterday},k,",
            "o5,uuid-5,skey-5,0001-01-01 00:00:00,0001-01-01 00:00:00,k,");

        Assert.Equal(2, code);
        Assert.Contains("Imported: 0, AlreadyThere: 0, Expired: 0, Unusable: 5", output);
    }

    [Fact]
    public async Task A_session_from_the_future_lives_no_longer_than_one_from_now()
    {
        var code = (await ImportAsync(Header, $"o1,uuid-1,skey-1,2199-01-01 00:00:00,2199-01-01 00:00:00,{WeChatSample.SessionKey},")).Code;

        Assert.Equal(0, code);
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var server = await StartAsync(time);
        Assert.Equal(0, (await SessionCalls.CheckAsync(server, "uuid-1", "skey-1")).Code());
        time.Advance(TimeSpan.FromDays(30));
        Assert.Equal(60011, (await SessionCalls.CheckAsync(server, "uuid-1", "skey-1")).Code());
    }

    [Theory]
    [InlineData("id,skey,open_id,create_time,last_visit_time", "session_key")]
    [InlineData("skey,open_id,create_time,last_visit_time,session_key", "uuid (or id)")]
    [InlineData("uuid,skey,skey,open_id,create_time,last_visit_time,session_key", "once each")]
    public async Task Missing_columns_are_named(string header, string name)
    {
        var (code, output) = await ImportAsync(header);

        Assert.Equal(1, code);
        Assert.Contains(output, line => line.Contains(name, StringComparison.Ordinal));
    }

    private async Task<(int Code, List<string> Output)> ImportAsync(params string[] lines)
    {
        var file = _folder.File("sessions.csv");
        await File.WriteAllLinesAsync(file, lines, TestContext.Current.CancellationToken);
        await using var process = ChildProcess.Start(
            "dotnet",
            [
                Repository.Executable("src/Weapp.Server"), "import-sessions", file,
                $"--SessionServer:ConnectionString=Data Source={_folder.File("sessions.db")}",
                $"--SessionServer:AppId={WeChatSample.AppId}",
                "--SessionServer:AppSecret=app-secret",
            ],
            static _ => { });
        return (await process.Exited, [.. process.Output]);
    }

    private Task<TestServer> StartAsync(TimeProvider? time = null) => Apps.SessionServerAsync(_folder, time, static options =>
    {
        options.WeChat.Mode = WeChatMode.WeChat;
        (options.AppId, options.AppSecret) = (WeChatSample.AppId, "app-secret");
    });
}
