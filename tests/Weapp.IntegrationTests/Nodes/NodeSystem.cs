using System.Security.Cryptography;
using Weapp.TestKit;
using Weapp.TestKit.Nodes;

namespace Weapp.IntegrationTests.Nodes;

/// <summary>Two processes of the server executable over a real Redis, and an app.</summary>
internal sealed class NodeSystem : IAsyncDisposable
{
    private readonly List<ProcessServer> _nodes = [];
    private readonly List<NodePhone> _phones = [];

    private NodeSystem(RedisServer redis, NodeApp app) => (Redis, App) = (redis, app);

    public RedisServer Redis { get; }

    public NodeApp App { get; }

    public IReadOnlyList<ProcessServer> Nodes => _nodes;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <param name="lease">How long a node may be out of touch.</param>
    /// <param name="waits">Whether to wait until the nodes take the new Redis at its word, which is as long as a lease.</param>
    public static async Task<NodeSystem> StartAsync(TimeSpan lease, bool waits = true)
    {
        var key = RandomNumberGenerator.GetHexString(40, lowercase: true);
        var system = new NodeSystem(await RedisServer.StartAsync(Token), await NodeApp.StartAsync(key));
        try
        {
            for (var i = 0; i < 2; i++)
            {
                string[] settings =
                [
                    $"--TunnelServer:SignatureKey={key}",
                    $"--TunnelServer:Redis={system.Redis.Address}",
                    $"--TunnelServer:NodeLease={lease}",
                    "--TunnelServer:PingInterval=01:00:00",
                    "--TunnelServer:ReceiveHosts:0=127.0.0.1",
                    "--Logging:LogLevel:Weapp=Information",
                ];
                system._nodes.Add((await ProcessServer.StartAsync("src/Weapp.Server", settings, Token)).Secret(key));
            }

            system.App.Nodes = [.. system._nodes.Select(static node => node.Address)];
            foreach (var node in waits ? system.App.Nodes : [])
                await Condition.UntilAsync(async () => (await system.App.PushAsync(node, "{}", ["unknown"], Token)).Invalid.Count == 1, () => "the node to know all", Token);
            return system;
        }
        catch
        {
            await system.DisposeAsync();
            throw;
        }
    }

    /// <summary>Connects phones, each with what one node granted to the other or the same in turn.</summary>
    public async Task<IReadOnlyList<NodePhone>> ConnectAsync(int count)
    {
        var phones = new NodePhone[count];
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = 32, CancellationToken = Token }, async (i, token) =>
        {
            var grant = await App.RequestAsync(App.Nodes[i % 2], token);
            var port = App.Nodes[i / 2 % 2].Port;
            phones[i] = await NodePhone.ConnectAsync(new UriBuilder(grant.ConnectUrl) { Port = port }.Uri.AbsoluteUri, token);
        });
        _phones.AddRange(phones);
        await Condition.UntilAsync(() => phones.All(phone => App.History(phone.TunnelId).Connects == 1), () => "all connect events", Token);
        return phones;
    }

    /// <summary>Waits until the app was told of exactly these tunnels' ends, once each.</summary>
    public async Task<TimeSpan> UntilClosedAsync(IReadOnlyList<NodePhone> phones)
    {
        var took = await Condition.UntilAsync(
            () => phones.All(phone => App.History(phone.TunnelId).Closes > 0),
            () => $"close events: {phones.Count(phone => App.History(phone.TunnelId).Closes > 0)} of {phones.Count} came",
            Token);
        Assert.All(App.Tunnels.Values, static history => Assert.True(history is { Closes: <= 1, IsOutOfOrder: false }));
        Assert.Equal(phones.Count, App.Tunnels.Values.Count(static history => history.Closes == 1));
        return took;
    }

    public async ValueTask DisposeAsync()
    {
        await Parallel.ForEachAsync(_phones, static async (phone, _) => await phone.DisposeAsync());
        foreach (var node in _nodes)
            await node.DisposeAsync();
        await App.DisposeAsync();
        await Redis.DisposeAsync();
    }
}
