using System.Collections.Concurrent;
using Weapp.TestKit;
using Weapp.TestKit.Nodes;

namespace Weapp.TunnelServer.Tests.Nodes;

/// <summary>Every link is bad: between phones and nodes, nodes and the app, nodes and Redis. What was promised holds all the same.</summary>
public sealed class ChaosTests
{
    private const int Phones = 24;

    // How many connections there have to be before it is enough, each of which but the last ones was reset.
    private const int Connections = 2 * Phones;

    private readonly int _seed = Random.Shared.Next();
    private readonly ConcurrentBag<Life> _lives = [];
    private readonly ConcurrentBag<TcpProxy> _proxies = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Whatever_the_network_does_order_is_kept_and_nothing_disappears_in_silence()
    {
        TestContext.Current.SendDiagnosticMessage($"Seed {_seed}");
        await using var cluster = await Cluster.StartAsync(static options => options.NodeLease = TimeSpan.FromSeconds(8));
        await using var toApp = new TcpProxy(cluster.App.ReceiveUrl.Authority);
        cluster.App.EventUrl = new UriBuilder(cluster.App.ReceiveUrl) { Port = int.Parse(toApp.Address.Split(':')[1], provider: null) }.Uri;
        var toNodes = cluster.Nodes.Select(static node => new TcpProxy(node.Address.Authority)).ToList();
        try
        {
            Disturb(0.002, toApp);
            Disturb(0.002, [.. toNodes]);
            Disturb(0.01, [.. cluster.Nodes.Select(static node => node.Network)]);
            using var calm = CancellationTokenSource.CreateLinkedTokenSource(Token);
            var living = Task.WhenAll(Enumerable.Range(0, Phones).Select(i => LiveAsync(cluster, toNodes, i, calm.Token)));
            await Condition.UntilAsync(() => _lives.Count >= Connections || living.IsCompleted, () => $"connections to be reset; {_lives.Count} have come; seed {_seed}", Token);
            await calm.CancelAsync();
            await living;
            foreach (var proxy in _proxies)
                proxy.Chaos = null;

            await Condition.UntilAsync(() => _lives.All(static life => life.HasHeardAll), () => $"what was pushed to open tunnels; seed {_seed}", Token);
            foreach (var (one, other) in new[] { (cluster.Nodes[0], cluster.Nodes[1]), (cluster.Nodes[1], cluster.Nodes[0]) })
            {
                var phone = await cluster.ConnectAsync(one, other);
                await cluster.UntilAnswerAsync(one, phone.TunnelId, isInvalid: false, isUndelivered: false);
                await phone.SendAsync("close");
            }

            foreach (var life in _lives)
                await life.Phone.SendAsync("close");
            await Condition.UntilAsync(
                () => cluster.App.Tunnels.Values.All(static history => history.Closes == history.Connects), () => $"all close events; seed {_seed}", Token);
            foreach (var (one, other) in new[] { (cluster.Nodes[0], cluster.Nodes[1]), (cluster.Nodes[1], cluster.Nodes[0]) })
                await cluster.UntilAnswerAsync(one, (await cluster.ConnectAsync(one, other)).TunnelId, isInvalid: false, isUndelivered: false);
            Assert.All(_lives, life => life.Check(cluster.App.History(life.Phone.TunnelId), _seed));
            Assert.All(cluster.App.Tunnels.Values, history => Assert.True(history is { Closes: <= 1, IsOutOfOrder: false }, $"Seed {_seed}."));
        }
        finally
        {
            foreach (var life in _lives)
                await life.Phone.DisposeAsync();
            foreach (var proxy in toNodes)
                await proxy.DisposeAsync();
        }
    }

    private void Disturb(double resets, params TcpProxy[] proxies)
    {
        foreach (var proxy in proxies)
        {
            proxy.Chaos = new Chaos(_seed + _proxies.Count, resets);
            _proxies.Add(proxy);
        }
    }

    // One phone, connected again whenever its connection breaks.
    private async Task LiveAsync(Cluster cluster, List<TcpProxy> toNodes, int number, CancellationToken calm)
    {
        for (var round = number; !calm.IsCancellationRequested; round++)
        {
            try
            {
                var grant = await cluster.App.RequestAsync(cluster.Nodes[round % 2].Address, Token);
                if (grant.Status != 200)
                    continue;
                var address = new UriBuilder(grant.ConnectUrl) { Port = int.Parse(toNodes[round / 2 % 2].Address.Split(':')[1], provider: null) };
                var life = new Life(await NodePhone.ConnectAsync(address.Uri.AbsoluteUri, Token));
                _lives.Add(life);
                await Task.WhenAll(life.TalkAsync(calm), life.ListenAsync(cluster, calm));
            }
            catch (System.Net.WebSockets.WebSocketException)
            {
                // Reset before it was open.
            }
        }
    }

    /// <summary>One tunnel, and what was said through it.</summary>
    private sealed class Life(NodePhone phone)
    {
        private readonly List<int> _accepted = [];
        private int _taken;

        public NodePhone Phone => phone;

        public bool HasHeardAll => !phone.IsOpen || _accepted.Count == 0 || Heard.Contains(_accepted[^1]);

        private IEnumerable<int> Heard => phone.Messages.Select(static message => int.Parse(message.AsSpan(5, message.Length - 6), provider: null));

        // A ping follows each message: what is answered after it has been read.
        public async Task TalkAsync(CancellationToken calm)
        {
            for (var n = 1; phone.IsOpen && !calm.IsCancellationRequested; n++)
            {
                if (!await phone.SendAsync($"message:{n}") || !await phone.SendAsync("ping"))
                    return;
                await Condition.UntilAsync(() => phone.Pongs >= n || !phone.IsOpen, static () => "a pong", Token);
                _taken = phone.Pongs;
            }
        }

        public async Task ListenAsync(Cluster cluster, CancellationToken calm)
        {
            for (var n = 1; !calm.IsCancellationRequested; n++)
            {
                var push = await cluster.PushAsync(cluster.Nodes[n % 2], $$"""{"n":{{n}}}""", phone.TunnelId);
                if (push.Invalid.Count > 0)
                    return;
                if (push.Undelivered.Count == 0)
                    _accepted.Add(n);
            }
        }

        public void Check(TunnelHistory history, int seed)
        {
            var said = history.Messages.Select(int.Parse).ToList();
            Assert.True(said.SequenceEqual(Enumerable.Range(1, said.Count)), $"The app saw {string.Join(' ', said)}; seed {seed}.");
            Assert.True(said.Count >= _taken, $"{_taken} messages were taken, {said.Count} arrived; seed {seed}.");
            var heard = Heard.ToList();
            Assert.True(heard.SequenceEqual(heard.Order().Distinct()), $"The phone heard {string.Join(' ', heard)}; seed {seed}.");
            var missing = _accepted.Where(n => n < heard.LastOrDefault()).Except(heard).ToList();
            Assert.True(missing.Count == 0, $"The phone never heard {string.Join(' ', missing)}; seed {seed}.");
        }
    }
}
