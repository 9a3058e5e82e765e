using System.Globalization;
using System.Net.Http.Json;

namespace Weapp.Benchmarks.Sockets;

/// <summary>Many phones at one of the two servers, and what they received together.</summary>
/// <param name="server">The server, or the app in front of it.</param>
/// <param name="nodes">The nodes on which the phones are to be, in turn; none: where the server sends them.</param>
internal sealed class SocketDriver(Uri server, params Uri[] nodes) : IAsyncDisposable
{
    private const int AtOnce = 64;
    private static readonly TimeSpan PingInterval = TimeSpan.FromSeconds(10);

    private readonly HttpClient _client = new() { BaseAddress = server };
    private readonly List<RawPhone> _phones = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private int _turn;
    private ServerWords? _words;
    private Task _pinging = Task.CompletedTask;
    private long _received;
    private long _expected;
    private TaskCompletionSource _all = new();

    public int Count => _phones.Count;

    /// <summary>Connects until there are so many phones; they then ping as phones do.</summary>
    public async Task GrowAsync(int count)
    {
        _words ??= await _client.GetFromJsonAsync<ServerWords>("/words") ?? throw new InvalidOperationException("The server says nothing.");
        if (_pinging.IsCompleted)
            _pinging = PingAsync();
        while (_phones.Count < count)
        {
            var added = await Task.WhenAll(Enumerable.Range(0, Math.Min(AtOnce, count - _phones.Count)).Select(_ => ConnectAsync()));
            lock (_gate)
                _phones.AddRange(added);
        }

        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (await _client.GetFromJsonAsync<int>("/connected", deadline.Token) < count)
            await Task.Delay(100, deadline.Token);
    }

    /// <summary>Pushes a message to all phones, and ends when every phone has it.</summary>
    public async Task PushAsync()
    {
        Volatile.Write(ref _received, 0);
        _all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Volatile.Write(ref _expected, _phones.Count);
        using var answer = await _client.PostAsync(new Uri("/push", UriKind.Relative), null);
        answer.EnsureSuccessStatusCode();
        await _all.Task.WaitAsync(TimeSpan.FromSeconds(60));
    }

    /// <summary>The server's CPU time since its start in microseconds.</summary>
    public Task<double> CpuAsync() => _client.GetFromJsonAsync<double>("/cpu");

    /// <summary>The server's resident memory in bytes, when it has collected its garbage.</summary>
    public async Task<long> MemoryAsync() => long.Parse(await _client.GetStringAsync("/memory"), CultureInfo.InvariantCulture);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _pinging;
        foreach (var phone in _phones)
            phone.Dispose();
        _client.Dispose();
        _stop.Dispose();
    }

    private async Task<RawPhone> ConnectAsync()
    {
        var address = new Uri(server, await _client.GetStringAsync("/address"));
        if (nodes.Length > 0)
            address = new Uri(nodes[Interlocked.Increment(ref _turn) % nodes.Length], address.PathAndQuery);
        var phone = await RawPhone.ConnectAsync(address, MessagesCame, _words!.Separator);
        if (_words.Hello.Length > 0)
            await phone.SendAsync(_words.Hello);
        _ = phone.ReadAsync();
        return phone;
    }

    private void MessagesCame(int count)
    {
        if (Interlocked.Add(ref _received, count) == Volatile.Read(ref _expected))
            _all.TrySetResult();
    }

    private async Task PingAsync()
    {
        using var timer = new PeriodicTimer(PingInterval);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                RawPhone[] phones;
                lock (_gate)
                    phones = [.. _phones];
                foreach (var phone in phones)
                    await phone.SendAsync(_words!.Ping);
            }
        }
        catch (OperationCanceledException)
        {
            // The end.
        }
    }
}

/// <summary>What phones say to a server.</summary>
/// <param name="Hello">Once; nothing if empty.</param>
/// <param name="Ping">Again and again.</param>
/// <param name="Separator">What ends each of the server's messages, where a frame may have several.</param>
internal sealed record ServerWords(byte[] Hello, byte[] Ping, byte? Separator = null);
