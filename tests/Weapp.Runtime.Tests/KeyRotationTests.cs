using System.Net;
using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Weapp.Runtime.Tests.Support;
using Weapp.TestKit;

namespace Weapp.Runtime.Tests;

/// <summary>A key is changed in three steps, first at one side and then at the other: at no moment is anything refused.</summary>
public sealed class KeyRotationTests
{
    private const string Old = "the old key, which is 32 or more characters long";
    private const string New = "the new key, which is 32 or more characters long";

    private static readonly (string Key, string? Alternate)[] Steps = [(Old, null), (Old, New), (New, Old), (New, null)];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<int, int, TunnelSignatureMode, bool> Moments
    {
        get
        {
            var moments = new TheoryData<int, int, TunnelSignatureMode, bool>();
            foreach (var mode in Enum.GetValues<TunnelSignatureMode>())
            {
                for (var step = 0; step < Steps.Length; step++)
                {
                    moments.Add(step, step, mode, step % 2 == 0);
                    if (step + 1 == Steps.Length)
                        continue;
                    moments.Add(step, step + 1, mode, true);
                    moments.Add(step + 1, step, mode, false);
                }
            }

            return moments;
        }
    }

    [Theory]
    [MemberData(nameof(Moments))]
    public async Task Tunnels_events_and_pushes_pass_at_every_moment(int serverStep, int appStep, TunnelSignatureMode mode, bool isNamed)
    {
        var host = $"127.0.0.1:{FreePort.Find()}";
        await using var server = await StartServerAsync(Steps[serverStep], mode, isNamed ? host : null);
        await using var app = await ChatApp.StartAsync<RecordingHandler>(
            options =>
            {
                options.ServerHost = host;
                options.TunnelServerUrl = server.Address.ToString();
                (options.TunnelSignatureKey, options.TunnelAlternateSignatureKey) = Steps[appStep];
                options.TunnelSignatureMode = mode;
            },
            port: int.Parse(host["127.0.0.1:".Length..], System.Globalization.CultureInfo.InvariantCulture));
        app.Server.Secret(Old, New);
        var grant = (await app.GetAsync()).Json.GetProperty("data");
        var tunnelId = grant.GetProperty("tunnelId").GetString()!;
        using var phone = new ClientWebSocket();
        await phone.ConnectAsync(new Uri(grant.GetProperty("connectUrl").GetString()!), Token);
        await phone.SendAsync(Encoding.UTF8.GetBytes("""message:{"type":"say","content":1}"""), WebSocketMessageType.Text, endOfMessage: true, Token);
        foreach (var expected in (string[])[$"request {tunnelId} nobody", $"connect {tunnelId} nobody", $"message {tunnelId} say 1"])
            Assert.Equal(expected, await app.Journal.NextAsync());

        Assert.Equal(default, await app.Server.Service<ITunnels>().EmitAsync(tunnelId, "answer", 2, Token));
        Assert.Equal("""message:{"type":"answer","content":2}""", await ReadMessageAsync(phone));
        Assert.Equal(default, await app.Server.Service<ITunnels>().CloseAsync(tunnelId, Token));
        Assert.Equal($"close {tunnelId} nobody", await app.Journal.NextAsync());
        Assert.DoesNotContain(app.Server.Logs.Lines.Concat(server.Logs.Lines), static line => line.Level >= LogLevel.Warning && line.Category.StartsWith("Weapp", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_key_that_only_one_side_has_is_refused()
    {
        var host = $"127.0.0.1:{FreePort.Find()}";
        await using var server = await StartServerAsync((New, null), TunnelSignatureMode.Both, host);
        await using var app = await ChatApp.StartAsync<RecordingHandler>(options =>
        {
            options.ServerHost = host;
            options.TunnelServerUrl = server.Address.ToString();
            options.TunnelSignatureKey = Old;
        });

        Assert.Equal(HttpStatusCode.BadGateway, (await app.GetAsync()).Status);
    }

    private static async Task<TestServer> StartServerAsync((string Key, string? Alternate) keys, TunnelSignatureMode mode, string? host)
    {
        var server = await TestServer.StartAsync(
            builder =>
            {
                builder.Services.AddTunnelServer(options =>
                {
                    options.SignatureMode = mode;
                    if (host is null)
                    {
                        (options.SignatureKey, options.AlternateSignatureKey) = keys;
                        return;
                    }

                    options.Clients[host] = keys.Key;
                    if (keys.Alternate is not null)
                        options.AlternateClients[host] = keys.Alternate;
                });
            },
            static app => app.MapTunnelServer(),
            environment: "Development");
        return server.Secret(Old, New);
    }

    private static async Task<string> ReadMessageAsync(ClientWebSocket phone)
    {
        var buffer = new byte[4096];
        while (true)
        {
            var received = await phone.ReceiveAsync(buffer, Token).WaitAsync(Limits.Deadline, Token);
            var frame = Encoding.UTF8.GetString(buffer, 0, received.Count);
            if (frame.StartsWith("message:", StringComparison.Ordinal))
                return frame;
        }
    }
}
