using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using Weapp.TestKit;
using Weapp.TestKit.Nodes;

namespace Weapp.IntegrationTests.Deployment;

/// <summary>An app, and two nodes, behind the proxies of docs/deployment.md.</summary>
public sealed class NginxTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_phone_talks_through_the_documented_proxy_with_an_app_that_holds_both_servers()
    {
        await using var proxy = NginxProxy.Prepare();
        await using var app = await ProcessServer.StartAsync(
            "samples/ChatRoom",
            [$"--Weapp:PublicUrl={proxy.ForPhones.GetLeftPart(UriPartial.Authority)}", "--FORWARDEDHEADERS_ENABLED=true", "--SessionServer:ConnectionString=Data Source=sessions.db"],
            Token);
        await proxy.StartAsync(app.Address);
        using var client = proxy.CreateClient();
        client.DefaultRequestHeaders.Add("X-WX-Code", await GetAsync("/dev/wechat/login?nickname=Ann", "code"));
        client.DefaultRequestHeaders.Add("X-WX-Skey", await GetAsync("/login", "session", "skey"));

        await using (var phone = NodePhone.Stay(new Uri(proxy.ForPhones, "/tunnel"), client, proxy.Certificate))
        {
            await Condition.UntilAsync(() => phone.IsOpen, proxy.Logs, Token);
            Assert.Equal(proxy.ForPhones.Port, phone.NodePort);
            await phone.SendAsync("""message:{"type":"speak","content":{"word":"hello"}}""");
            await Condition.UntilAsync(() => phone.Messages.Any(static message => message.Contains("hello", StringComparison.Ordinal)), proxy.Logs, Token);
        }

        await AssertNotServedAsync(proxy, "/ws/push", "/get/wsurl", "/mina_auth/");
        await AssertLogsHaveNoTicketsAsync(proxy);

        async Task<string> GetAsync(string path, params string[] members)
        {
            var answer = await client.GetFromJsonAsync<JsonElement>(new Uri(path, UriKind.Relative), Token);
            return members.Aggregate(answer, static (element, member) => element.GetProperty(member)).GetString()!;
        }
    }

    [Fact]
    public async Task Phones_talk_through_the_documented_proxy_while_one_node_is_updated_and_the_other_one_killed()
    {
        var key = RandomNumberGenerator.GetHexString(40, lowercase: true);
        await using var redis = await RedisServer.StartAsync(Token);
        await using var proxy = NginxProxy.Prepare();
        await using var first = await StartNodeAsync(0);
        await using var second = await StartNodeAsync(0);
        await proxy.StartAsync(first.Address, second.Address);
        var diary = Path.GetTempFileName();
        await using var app = await ProcessServer.StartAsync(
            "tests/Weapp.TestApp",
            port =>
            [
                $"--Diary={diary}",
                $"--Weapp:ServerHost=127.0.0.1:{port}",
                $"--Weapp:TunnelServerUrl={proxy.ForApps.GetLeftPart(UriPartial.Authority)}",
                $"--Weapp:TunnelSignatureKey={key}",
            ],
            Token);
        using var client = new HttpClient();
        var phones = Enumerable.Range(0, 20).Select(_ => NodePhone.Stay(new Uri(app.Address, "/tunnel"), client, proxy.Certificate)).ToList();
        try
        {
            await Condition.UntilAsync(() => phones.All(static phone => phone.IsOpen), () => $"the phones to connect: {proxy.Logs()}", Token);
            Assert.All(phones, phone => Assert.Equal(proxy.ForPhones.Port, phone.NodePort));
            await TalkAsync(1);
            var tunnels = phones.Select(static phone => phone.TunnelId).ToList();

            first.Terminate();
            Assert.Equal(0, await first.Exited);
            await UntilBackAsync(tunnels);
            await TalkAsync(2);
            await using var updated = await StartNodeAsync(first.Address.Port);
            tunnels = [.. phones.Select(static phone => phone.TunnelId)];
            second.Kill();
            await UntilBackAsync(tunnels);
            await TalkAsync(3);

            await AssertNotServedAsync(proxy, "/ws/push", "/get/wsurl", "/metrics", "/health/ready", "/mina_auth/");
        }
        finally
        {
            await Parallel.ForEachAsync(phones, Token, static async (phone, _) => await phone.DisposeAsync());
            File.Delete(diary);
        }

        await AssertLogsHaveNoTicketsAsync(proxy);

        async Task UntilBackAsync(List<string> tunnels)
        {
            await Condition.UntilAsync(
                () => phones.All(static phone => phone.IsOpen) && phones.Zip(tunnels).Any(static pair => pair.First.TunnelId != pair.Second),
                () => $"the phones to come back; {phones.Count(static phone => phone.GaveUp)} gave up: {proxy.Logs()}", Token);
            Assert.DoesNotContain(phones, static phone => phone.GaveUp);
        }

        async Task<ProcessServer> StartNodeAsync(int port) => (await ProcessServer.StartAsync(
            "src/Weapp.Server",
            [
                $"--TunnelServer:SignatureKey={key}", $"--TunnelServer:Redis={redis.Address}", $"--TunnelServer:PublicUrl={proxy.ForPhones.GetLeftPart(UriPartial.Authority)}",
                "--TunnelServer:ReceiveHosts:0=127.0.0.1", "--FORWARDEDHEADERS_ENABLED=true",
            ],
            Token,
            port)).Secret(key);

        async Task TalkAsync(int number)
        {
            foreach (var phone in phones)
            {
                await phone.SendAsync($$$"""message:{"type":"say","content":{"number":{{{number}}}}}""");
                await phone.SendAsync("ping");
            }

            await Condition.UntilAsync(
                () => phones.All(phone => phone.Messages.Contains($$$"""{"type":"echo","content":{"number":{{{number}}}}}""") && phone.Pongs >= 1), () => $"all echoes of {number}", Token);
        }
    }

    [Fact]
    public void Both_languages_show_the_same_configurations()
    {
        foreach (var language in (string[])["nginx", "ini", "bash"])
        {
            var lines = Lines("docs/deployment.md", language);
            Assert.NotEmpty(lines);
            Assert.Equal(lines, Lines("docs/deployment.zh-CN.md", language));
        }

        // Comments may be translated.
        static List<string> Lines(string document, string language) =>
            [.. Markdown.Blocks(document, language).SelectMany(static block => block.Split('\n')).Where(static line => !line.TrimStart().StartsWith('#'))];
    }

    // What is not for the world is not there for it.
    private static async Task AssertNotServedAsync(NginxProxy proxy, params string[] paths)
    {
        using var stranger = proxy.CreateClient();
        foreach (var path in paths)
            Assert.Equal((path, 404), (path, (int)(await stranger.PostAsync(new Uri(path, UriKind.Relative), null, Token)).StatusCode));
    }

    // A connection is logged when it has ended.
    private static async Task AssertLogsHaveNoTicketsAsync(NginxProxy proxy)
    {
        await Condition.UntilAsync(() => proxy.Logs().Contains("GET /ws/", StringComparison.Ordinal), proxy.Logs, Token);
        Assert.DoesNotContain("ticket", proxy.Logs(), StringComparison.OrdinalIgnoreCase);
    }
}
