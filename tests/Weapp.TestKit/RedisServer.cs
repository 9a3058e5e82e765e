namespace Weapp.TestKit;

/// <summary>A Redis of the test's own, on a free port. It keeps nothing on disk.</summary>
public sealed class RedisServer : IAsyncDisposable
{
    private readonly DirectoryInfo _folder;
    private readonly int _port;
    private readonly ShiftedClock? _clock;
    private ChildProcess _process;

    private RedisServer(ChildProcess process, DirectoryInfo folder, int port, ShiftedClock? clock) => (_process, _folder, _port, _clock) = (process, folder, port, clock);

    public string Address => $"127.0.0.1:{_port}";

    /// <param name="cancellationToken">The test's token.</param>
    /// <param name="clock">Its clock; null for the machine's.</param>
    public static async Task<RedisServer> StartAsync(CancellationToken cancellationToken, ShiftedClock? clock = null)
    {
        var port = FreePort.Find();
        var folder = Directory.CreateTempSubdirectory("weapp-redis-");
        return new RedisServer(await StartAsync(folder, port, clock, cancellationToken), folder, port, clock);
    }

    /// <summary>Ends it at once, as <c>kill -9</c> does.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.DisposeAsync();
    }

    /// <summary>Starts it again on its port, empty.</summary>
    public async Task RestartAsync(CancellationToken cancellationToken) => _process = await StartAsync(_folder, _port, _clock, cancellationToken);

    /// <summary>Stops it as <c>SIGSTOP</c> does: its connections stay, and nothing is answered.</summary>
    public void Suspend() => _process.Suspend();

    /// <summary>Lets it go on.</summary>
    public void Resume() => _process.Resume();

    /// <summary>Runs a command, for example <c>FLUSHALL</c>, and returns what redis-cli prints.</summary>
    public async Task<IReadOnlyCollection<string>> CommandAsync(params string[] command)
    {
        var lines = new List<string>();
        await using var client = ChildProcess.Start("redis-cli", ["-p", $"{_port}", .. command], lines.Add);
        var code = await client.Exited;
        return code == 0 ? lines : throw new InvalidOperationException($"redis-cli {command[0]} failed. {client.Tail()}");
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private static async Task<ChildProcess> StartAsync(DirectoryInfo folder, int port, ShiftedClock? clock, CancellationToken cancellationToken)
    {
        var lines = new Inbox<string>();
        string[] command = [.. clock?.Environment ?? [], "redis-server", "--port", $"{port}", "--bind", "127.0.0.1", "--save", "", "--dir", folder.FullName];
        var process = ChildProcess.Start("env", command, lines.Add);
        await lines.TakeAsync(static line => line.Contains("Ready to accept connections", StringComparison.Ordinal), "Redis to be ready", process.Tail, cancellationToken);
        return process;
    }
}
