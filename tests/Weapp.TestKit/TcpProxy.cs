using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Weapp.TestKit;

/// <summary>Passes connections on to a port of this machine, and can swallow everything instead, as a broken network does.</summary>
public sealed class TcpProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentBag<Socket> _sockets = [];
    private readonly ConcurrentBag<Gate> _stranded = [];
    private readonly int _target;
    private readonly Task _accepting;
    private readonly Gate _answers = new();
    private readonly Lock _looking = new();
    private volatile Gate _gate = new();
    private byte[]? _question;
    private int _connections;

    /// <param name="target">The address that is passed on to: <c>127.0.0.1:port</c>.</param>
    public TcpProxy(string target)
    {
        _target = IPEndPoint.Parse(target).Port;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public string Address => $"127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    /// <summary>Disturbs what passes; null lets it through as it is.</summary>
    public Chaos? Chaos { get; set; }

    /// <summary>How many connections came so far.</summary>
    public int Connections => Volatile.Read(ref _connections);

    /// <summary>Holds everything back: no end of a connection sees anything.</summary>
    public void Partition() => _gate.Close();

    /// <summary>Lets everything through again, what was held back first.</summary>
    public void Heal()
    {
        _gate.Open();
        foreach (var gate in _stranded)
            gate.Open();
    }

    /// <summary>Holds back what goes through the connections that there are; new ones work.</summary>
    public void Strand()
    {
        var gate = _gate;
        _gate = new Gate();
        gate.Close();
        _stranded.Add(gate);
    }

    /// <summary>Once a client has sent a text, whatever is sent to clients is held back; what clients send goes on.</summary>
    /// <param name="question">The text, which is sent in one piece.</param>
    public void HoldAnswersTo(string question)
    {
        lock (_looking)
            _question = Encoding.UTF8.GetBytes(question);
    }

    /// <summary>Lets answers through again, those that were held back first.</summary>
    public void ReleaseAnswers()
    {
        lock (_looking)
        {
            _question = null;
            _answers.Open();
        }
    }

    /// <summary>Resets the connections that there are, with what was held back in them; new ones work.</summary>
    public void Reset()
    {
        while (_sockets.TryTake(out var socket))
            socket.Close(timeout: 0);
        ReleaseAnswers();
    }

    public async ValueTask DisposeAsync()
    {
        Heal();
        ReleaseAnswers();
        _listener.Stop();
        foreach (var socket in _sockets)
            socket.Dispose();
        await _accepting;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await _listener.AcceptSocketAsync());
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // Stopped.
        }
    }

    private async Task ServeAsync(Socket client)
    {
        var gate = _gate;
        Interlocked.Increment(ref _connections);
        var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        client.NoDelay = true;
        _sockets.Add(client);
        _sockets.Add(server);
        try
        {
            await server.ConnectAsync(IPAddress.Loopback, _target);
            await await Task.WhenAny(PumpAsync(client, server, gate, isAnswer: false), PumpAsync(server, client, gate, isAnswer: true));
        }
        catch (SocketException)
        {
            // Nobody listens there.
        }
        catch (ChaosException)
        {
            client.LingerState = server.LingerState = new LingerOption(enable: true, seconds: 0);
        }

        await gate.Passed;
        client.Dispose();
        server.Dispose();
    }

    private async Task PumpAsync(Socket from, Socket to, Gate gate, bool isAnswer)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer) is > 0 and var count)
            {
                await gate.Passed;
                if (isAnswer)
                    await _answers.Passed;
                else
                    Look(buffer.AsSpan(0, count));
                for (var sent = 0; sent < count;)
                {
                    var piece = Chaos is { } chaos ? await chaos.DisturbAsync(count - sent) : count - sent;
                    sent += await to.SendAsync(buffer.AsMemory(sent, piece));
                }
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The end of this connection.
        }
    }

    private void Look(ReadOnlySpan<byte> sent)
    {
        lock (_looking)
        {
            if (_question is not { } question || sent.IndexOf(question) < 0)
                return;
            _question = null;
            _answers.Close();
        }
    }

    private sealed class Gate
    {
        private volatile TaskCompletionSource _open = New();

        public Gate() => Open();

        /// <summary>Ends while it is open.</summary>
        public Task Passed => _open.Task;

        public void Open() => _open.TrySetResult();

        public void Close()
        {
            // Whoever waits already is let through by the same opening.
            if (_open.Task.IsCompleted)
                _open = New();
        }

        private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
