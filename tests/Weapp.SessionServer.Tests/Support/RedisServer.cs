using System.Net;
using System.Net.Sockets;
using Weapp.TestKit;

namespace Weapp.SessionServer.Tests.Support;

/// <summary>A Redis of the test's own, on a free port.</summary>
internal sealed class RedisServer : IAsyncDisposable
{
    private readonly ChildProcess _process;
    private readonly DirectoryInfo _folder;

    private RedisServer(ChildProcess process, DirectoryInfo folder, int port) => (_process, _folder, Address) = (process, folder, $"127.0.0.1:{port}");

    public string Address { get; }

    public static async Task<RedisServer> StartAsync(CancellationToken cancellationToken)
    {
        var port = FreePort();
        var folder = Directory.CreateTempSubdirectory("weapp-redis-");
        var lines = new Inbox<string>();
        var process = ChildProcess.Start(
            "redis-server", ["--port", $"{port}", "--bind", "127.0.0.1", "--save", "", "--dir", folder.FullName], lines.Add);
        await lines.TakeAsync(static line => line.Contains("Ready to accept connections", StringComparison.Ordinal), "Redis to be ready", process.Tail, cancellationToken);
        return new RedisServer(process, folder, port);
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
