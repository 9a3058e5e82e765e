using Weapp.IntegrationTests.Systems;
using Weapp.TestKit;

namespace Weapp.IntegrationTests.Readme;

/// <summary>What both READMEs tell a newcomer to run does what they say. Their C# is compiled by the generator's tests.</summary>
public sealed class ReadmeTests
{
    public static TheoryData<string> Readmes => ["README.md", "README.zh-CN.md"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Readmes))]
    public void Every_block_is_of_a_kind_that_some_test_runs(string readme) =>
        Assert.Equivalent(new[] { "bash", "csharp", "js" }, Markdown.Languages(readme), strict: true);

    [Theory]
    [MemberData(nameof(Readmes))]
    public async Task The_phones_lines_log_in_speak_and_hear(string readme)
    {
        var code = Assert.Single(Markdown.Blocks(readme, "js"));
        await using var system = await ChatSystem.InOneProcessAsync([], Token);
        await using var phone = NodeProcess.Start("snippet.js");

        await phone.SendAsync(
            new { code = code.Replace("https://www.example.com", system.App.GetLeftPart(UriPartial.Authority), StringComparison.Ordinal), nickname = "三木", weChatUrl = system.WeChat.GetLeftPart(UriPartial.Authority) },
            Token);

        var heard = await phone.WaitForAsync("logged", Token);
        Assert.Equal("三木: 大家好", heard.GetString());
    }

    [Theory]
    [MemberData(nameof(Readmes))]
    public async Task The_first_command_serves_the_chat_room_and_the_second_is_there(string readme)
    {
        string[] commands = [.. Markdown.Blocks(readme, "bash").Select(static block => block.TrimEnd())];
        Assert.Equal(2, commands.Length);
        Assert.True(File.Exists(Repository.PathOf(commands[1])));

        // As it stands there, but built already, and with a port and a session file of the test's own.
        var folder = Directory.CreateTempSubdirectory("weapp-test-");
        string[] more =
        [
            "--no-build", "--configuration", Repository.Configuration, "--",
            "--urls", "http://127.0.0.1:0",
            $"--SessionServer:ConnectionString=Data Source={Path.Combine(folder.FullName, "sessions.db")}",
        ];
        try
        {
            var words = commands[0].Split(' ');
            var lines = new Inbox<string>();
            await using var run = ChildProcess.Start(words[0], [.. words[1..], .. more], lines.Add, Repository.Root);
            const string Listening = "Now listening on: ";
            var line = await lines.TakeAsync(line => line.Contains(Listening, StringComparison.Ordinal), "the app to listen", run.Tail, Token);
            using var client = new HttpClient();
            var page = await client.GetStringAsync(new Uri(line[(line.IndexOf(Listening, StringComparison.Ordinal) + Listening.Length)..]), Token);
            Assert.Contains("</html>", page, StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
