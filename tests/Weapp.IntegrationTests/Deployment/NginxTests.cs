using System.Security.Cryptography;
using Weapp.TestKit;
using Weapp.TestKit.Nodes;

namespace Weapp.IntegrationTests.Deployment;

/// <summary>Two nodes behind the proxy of docs/deployment.md.</summary>
public sealed class NginxTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

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

            // What is not for the world is not there for it.
            using var stranger = new HttpClient(new HttpClientHandler { ServerCertificateCustomValidationCallback = (_, offered, _, _) => offered?.Thumbprint == proxy.Certificate.Thumbprint });
            foreach (var path in (string[])["/ws/push", "/get/wsurl", "/metrics", "/health/ready", "/mina_auth/"])
                Assert.Equal(404, (int)(await stranger.PostAsync(new Uri(proxy.ForPhones, path), null, Token)).StatusCode);
        }
        finally
        {
            await Parallel.ForEachAsync(phones, Token, static async (phone, _) => await phone.DisposeAsync());
            File.Delete(diary);
        }

        var logs = proxy.Logs();
        Assert.Contains("GET /ws/", logs, StringComparison.Ordinal);
        Assert.DoesNotContain("ticket", logs, StringComparison.OrdinalIgnoreCase);

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
            var blocks = Markdown.Blocks("docs/deployment.md", language);
            Assert.NotEmpty(blocks);
            Assert.Equal(blocks, Markdown.Blocks("docs/deployment.zh-CN.md", language));
        }
    }
}
