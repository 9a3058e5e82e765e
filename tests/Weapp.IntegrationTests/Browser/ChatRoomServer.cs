using Weapp.TestKit;

namespace Weapp.IntegrationTests.Browser;

/// <summary>ChatRoom as a process that can go and come back on the same port.</summary>
internal sealed class ChatRoomServer : IAsyncDisposable
{
    private const string Project = "samples/ChatRoom";
    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("weapp-test-");
    private readonly List<ProcessServer> _processes = [];

    private ChatRoomServer()
    {
    }

    public Uri Address { get; private set; } = null!;

    private ProcessServer Current => _processes[^1];

    public static async Task<ChatRoomServer> StartAsync(CancellationToken cancellationToken)
    {
        var server = new ChatRoomServer();
        try
        {
            await server.StartProcessAsync(port: 0, cancellationToken);
            server.Address = server.Current.Address;
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends the process, at once or after it has said goodbye, and waits for its end.</summary>
    public async Task StopAsync(bool gently, CancellationToken cancellationToken)
    {
        if (gently)
            Current.Terminate();
        else
            Current.Kill();
        await Current.Exited.WaitAsync(cancellationToken);
    }

    /// <summary>Starts it again where it was.</summary>
    /// <param name="keepsSessions">False for a server whose session database has been lost.</param>
    /// <param name="cancellationToken">The test's token.</param>
    public async Task StartAgainAsync(bool keepsSessions, CancellationToken cancellationToken)
    {
        if (!keepsSessions)
        {
            foreach (var file in _data.GetFiles())
                file.Delete();
        }

        await StartProcessAsync(Address.Port, cancellationToken);
    }

    /// <summary>The last lines of output of every process, for a failed test.</summary>
    public string Tail() => string.Join("\n\n", _processes.Select(process => process.Tail()));

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
            await process.DisposeAsync();
        _data.Delete(recursive: true);
    }

    // The page comes from the project's folder, as `dotnet run` serves it.
    private async Task StartProcessAsync(int port, CancellationToken cancellationToken) => _processes.Add(await ProcessServer.StartAsync(
        Project,
        [
            "--contentRoot", Repository.PathOf(Project),
            $"--SessionServer:ConnectionString=Data Source={Path.Combine(_data.FullName, "sessions.db")}",
        ],
        cancellationToken,
        port));
}
