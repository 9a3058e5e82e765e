using System.Net.WebSockets;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using Weapp.TestKit;
using Weapp.TestKit.Nodes;

namespace Weapp.IntegrationTests.Faults;

/// <summary>More phones than the server has file descriptors for.</summary>
[SupportedOSPlatform("linux")]
public sealed class DescriptorTests
{
    private const int Limit = 400;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_server_without_descriptors_keeps_its_phones_refuses_others_and_lets_them_in_later()
    {
        var key = RandomNumberGenerator.GetHexString(40, lowercase: true);
        var script = Path.GetTempFileName();
        File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.UserWrite);
        await File.WriteAllTextAsync(script, $"#!/bin/sh\nulimit -n {Limit}\nexec dotnet '{Repository.Executable("src/Weapp.Server")}' \"$@\"\n", Token);
        await using var app = await NodeApp.StartAsync(key);
        await using var server = (await ProcessServer.StartProgramAsync(
            script,
            [$"--TunnelServer:SignatureKey={key}", "--TunnelServer:ReceiveHosts:0=127.0.0.1", "--TunnelServer:PingInterval=01:00:00", "--Logging:LogLevel:Weapp=Information"],
            Token)).Secret(key);
        var grants = new List<NodeGrant>();
        for (var i = 0; i < Limit + 1; i++)
            grants.Add(await app.RequestAsync(server.Address, Token));
        var phones = new List<NodePhone>();
        try
        {
            var refused = 0;
            foreach (var grant in grants.Take(Limit))
            {
                try
                {
                    phones.Add(await NodePhone.ConnectAsync(grant.ConnectUrl, Token));
                }
                catch (WebSocketException)
                {
                    refused++;
                }
            }

            Assert.True(phones.Count > 50 && refused > 100, $"{phones.Count} phones connected, {refused} were refused.");
            foreach (var phone in phones)
                Assert.True(await phone.SendAsync("ping"));
            await Condition.UntilAsync(() => phones.All(static phone => phone.Pongs == 1), () => $"all pongs; {server.Tail()}", Token);
            Assert.True(server.Tail().Split("Connections are refused").Length is 2 or 3, server.Tail());

            phones[0].Drop();
            await Condition.UntilAsync(() => app.History(phones[0].TunnelId).Closes == 1, () => "the close event", Token);
            phones.Add(await NodePhone.ConnectAsync(grants[^1].ConnectUrl, Token));
            await Condition.UntilAsync(() => app.History(phones[^1].TunnelId).Connects == 1, () => "the connect event", Token);
        }
        finally
        {
            await Parallel.ForEachAsync(phones, static async (phone, _) => await phone.DisposeAsync());
            File.Delete(script);
        }
    }
}
