using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Weapp.TestKit;
using Weapp.TestKit.Nodes;
using Weapp.TunnelServer.Tests.Support;

namespace Weapp.TunnelServer.Tests.Nodes;

/// <summary>Two nodes over a real Redis, each with a network of its own to it, and an app.</summary>
public sealed class Cluster : IAsyncDisposable
{
    /// <summary>Short, so that the tests do not wait long for a node to be taken for dead.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);

    private static readonly Uri Health = new("/health", UriKind.Relative);

    private readonly List<NodePhone> _phones = [];

    private readonly TestClock? _time;

    private Cluster(RedisServer redis, NodeApp app, TestClock? time) => (Redis, App, _time) = (redis, app, time);

    public RedisServer Redis { get; }

    public NodeApp App { get; }

    public List<Node> Nodes { get; } = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <param name="configure">Sets options of all nodes.</param>
    /// <param name="clock">Redis's clock; null for the machine's.</param>
    /// <param name="time">The nodes' clock; null for the machine's.</param>
    public static async Task<Cluster> StartAsync(Action<TunnelServerOptions>? configure = null, ShiftedClock? clock = null, TestClock? time = null)
    {
        var cluster = new Cluster(await RedisServer.StartAsync(Token, clock), await NodeApp.StartAsync(SignedCall.Key), time);
        for (var i = 0; i < 2; i++)
            await cluster.AddNodeAsync(configure);
        foreach (var node in cluster.Nodes)
            await cluster.UntilReadyAsync(node);
        return cluster;
    }

    public async Task<Node> AddNodeAsync(Action<TunnelServerOptions>? configure = null)
    {
        var network = new TcpProxy(Redis.Address);
        var server = await TestServer.StartAsync(
            builder =>
            {
                if (_time is not null)
                    builder.Services.AddSingleton<TimeProvider>(_time);
                builder.Services.AddTunnelServer(options =>
                {
                    options.SignatureKey = SignedCall.Key;
                    options.Redis = network.Address;
                    options.NodeLease = Lease;
                    options.PingInterval = TimeSpan.FromHours(1);
                    options.ReceiveHosts.Add("127.0.0.1");
                    configure?.Invoke(options);
                });
                builder.Services.AddHealthChecks().AddTunnelServer();
            },
            static web =>
            {
                web.MapTunnelServer();
                web.MapHealthChecks("/health");
            });
        server.Secret(SignedCall.Key).ExpectError(static line => line.EventId.Name == "HealthCheckEnd");
        var node = new Node(server, network);
        Nodes.Add(node);
        return node;
    }

    /// <summary>A phone that connects to one node with what another granted.</summary>
    public async Task<NodePhone> ConnectAsync(Node grants, Node holds)
    {
        var requesting = App.RequestAsync(grants.Address, Token);
        await PassTimeAsync(requesting);
        var grant = await requesting;
        Assert.Equal(200, grant.Status);
        grants.Server.Secret(grant.TunnelId);
        var connecting = NodePhone.ConnectAsync(At(holds, grant), Token);
        await PassTimeAsync(connecting);
        var phone = await connecting;
        _phones.Add(phone);
        await Condition.UntilAsync(() => App.History(phone.TunnelId).Connects == 1, () => "the connect event", Token);
        return phone;
    }

    public static string At(Node node, NodeGrant grant) =>
        new UriBuilder(grant.ConnectUrl) { Port = node.Address.Port }.Uri.AbsoluteUri;

    public Task<NodePush> PushAsync(Node node, string content, params string[] ids) => App.PushAsync(node.Address, content, ids, Token);

    public Task UntilAsync(Func<bool> condition, string wanted) => Condition.UntilAsync(condition, () => wanted, Token);

    /// <summary>Waits until a push to the id is answered like that through the node.</summary>
    public Task<TimeSpan> UntilAnswerAsync(Node node, string id, bool isInvalid, bool isUndelivered) => Condition.UntilAsync(
        async () =>
        {
            var push = await PushAsync(node, "{}", id);
            return push.Invalid.Count > 0 == isInvalid && push.Undelivered.Count > 0 == isUndelivered;
        },
        () => $"a push through {node.Address} to be answered", Token);

    /// <summary>The id under which a node holds a tunnel.</summary>
    public async Task<string> HolderAsync(string tunnelId) => Assert.Single(await Redis.CommandAsync("GET", $"weapp:tunnel:{tunnelId}")).Trim('"');

    /// <summary>Waits for what may have pauses in it, and lets the nodes' clock run where it is the test's.</summary>
    public async Task PassTimeAsync(Task task)
    {
        // A node's host may take half of that to stop.
        var ended = task.WaitAsync(2 * Phone.Deadline);
        while (_time is not null && await Task.WhenAny(ended, Task.Delay(Step)) != ended)
            _time.Advance(Step);
        await ended;
    }

    public Task UntilReadyAsync(Node node) => Condition.UntilAsync(
        async () => (await node.Server.Client.GetAsync(Health, Token)).IsSuccessStatusCode, () => "the node to be ready", Token);

    /// <summary>A new Redis is not taken at its word for the length of a lease.</summary>
    public async Task KnowsAllAsync()
    {
        foreach (var node in Nodes)
            await UntilAnswerAsync(node, "unknown", isInvalid: true, isUndelivered: false);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var phone in _phones)
            await phone.DisposeAsync();
        foreach (var node in Nodes)
        {
            await PassTimeAsync(node.Server.DisposeAsync().AsTask());
            await node.Network.DisposeAsync();
        }

        await App.DisposeAsync();
        await Redis.DisposeAsync();
    }
}

/// <summary>A node and its network to Redis.</summary>
public sealed record Node(TestServer Server, TcpProxy Network)
{
    public Uri Address => Server.Address;
}
