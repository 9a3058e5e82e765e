using System.Collections.Concurrent;

namespace Weapp.TestKit;

/// <summary>
/// One of our executables as a process of its own, on a loopback port. Disposing it fails the test when it logged an error that the
/// test did not announce, or a secret.
/// </summary>
public sealed class ProcessServer : IAsyncDisposable
{
    private const string Listening = "Now listening on: ";
    private readonly ChildProcess _process;
    private readonly DirectoryInfo _folder;
    private readonly Inbox<string> _lines = new();
    private readonly List<Func<string, bool>> _expectedErrors = [];
    // Phones that connect at the same time add to it.
    private readonly ConcurrentQueue<string> _secrets = [];

    private ProcessServer(string executable, int port, string[] settings)
    {
        Name = Path.GetFileNameWithoutExtension(executable);
        var isAssembly = Path.GetExtension(executable) == ".dll";
        _folder = Directory.CreateTempSubdirectory("weapp-test-");
        _process = ChildProcess.Start(
            isAssembly ? "dotnet" : executable,
            [
                .. isAssembly ? [executable] : Array.Empty<string>(),
                "--urls", $"http://127.0.0.1:{port}",
                "--contentRoot", Path.GetDirectoryName(executable)!,
                "--Logging:LogLevel:Microsoft.Hosting.Lifetime=Information",
                "--Logging:LogLevel:Weapp=Trace",
                .. settings,
            ],
            _lines.Add,
            _folder.FullName);
        _ = CompleteAsync();
    }

    public string Name { get; }

    public Uri Address { get; private set; } = null!;

    /// <summary>Completes with the exit code when the process has ended.</summary>
    public Task<int> Exited => _process.Exited;

    /// <summary>Starts an executable and waits until it listens.</summary>
    /// <param name="project">Its project's folder, for example <c>src/Weapp.Server</c>.</param>
    /// <param name="settings">Configuration, as command line arguments: <c>--Section:Key=value</c>. Its files go to a new folder.</param>
    /// <param name="cancellationToken">The test's token.</param>
    /// <param name="port">0 for any free port.</param>
    public static Task<ProcessServer> StartAsync(string project, string[] settings, CancellationToken cancellationToken, int port = 0) =>
        StartProgramAsync(Repository.Executable(project), settings, cancellationToken, port);

    /// <summary>Starts an executable that is not in the repository's own output, and waits until it listens.</summary>
    /// <param name="executable">The path of an assembly or of a native executable.</param>
    /// <param name="settings">Configuration, as command line arguments: <c>--Section:Key=value</c>. Its files go to a new folder.</param>
    /// <param name="cancellationToken">The test's token.</param>
    /// <param name="port">0 for any free port.</param>
    public static async Task<ProcessServer> StartProgramAsync(string executable, string[] settings, CancellationToken cancellationToken, int port = 0)
    {
        var server = new ProcessServer(executable, port, settings);
        try
        {
            var line = await server._lines.TakeAsync(
                line => line.Contains(Listening, StringComparison.Ordinal), $"{server.Name} to listen", server.Tail, cancellationToken);
            server.Address = new Uri(line[(line.IndexOf(Listening, StringComparison.Ordinal) + Listening.Length)..]);
            return server;
        }
        catch
        {
            await server.EndAsync();
            throw;
        }
    }

    /// <summary>Starts an executable that must know its own address.</summary>
    /// <param name="project">Its project's folder.</param>
    /// <param name="settings">Its configuration, given the port on which it will listen.</param>
    /// <param name="cancellationToken">The test's token.</param>
    public static async Task<ProcessServer> StartAsync(string project, Func<int, string[]> settings, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var port = FreePort.Find();
            try
            {
                return await StartAsync(project, settings(port), cancellationToken, port);
            }
            catch (TimeoutException failure) when (attempt < 3 && failure.Message.Contains("address already in use", StringComparison.OrdinalIgnoreCase))
            {
                // Somebody took the port between the look and the start.
            }
        }
    }

    /// <summary>Waits until it prints a line with a text.</summary>
    public Task WaitForAsync(string text, CancellationToken cancellationToken) =>
        _lines.TakeAsync(line => line.Contains(text, StringComparison.Ordinal), $"{Name} to print '{text}'", Tail, cancellationToken);

    /// <summary>Announces an error or critical log line: the test is about it.</summary>
    public ProcessServer ExpectError(Func<string, bool> match)
    {
        _expectedErrors.Add(match);
        return this;
    }

    /// <summary>Names a text that must not be in the output.</summary>
    public ProcessServer Secret(params string[] secrets)
    {
        foreach (var secret in secrets)
            _secrets.Enqueue(secret);
        return this;
    }

    /// <summary>Ends the process at once, as <c>kill -9</c> does.</summary>
    public void Kill() => _process.Kill();

    /// <summary>Asks the process to end, as <c>kill</c> does.</summary>
    public void Terminate() => _process.Terminate();

    /// <summary>Stops the process as <c>SIGSTOP</c> does, until <see cref="Resume"/>.</summary>
    public void Suspend() => _process.Suspend();

    /// <summary>Lets the process go on.</summary>
    public void Resume() => _process.Resume();

    /// <summary>The last lines of output, for a failure's message.</summary>
    public string Tail() => $"{Name}: {_process.Tail()}";

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        var output = _process.Output.ToArray();
        for (var i = 0; i < output.Length; i++)
        {
            // The console writes the category on one line and the text on the next.
            if (output[i].StartsWith("fail: ", StringComparison.Ordinal) || output[i].StartsWith("crit: ", StringComparison.Ordinal))
            {
                var error = $"{output[i]} {output.ElementAtOrDefault(i + 1)?.Trim()}";
                if (!_expectedErrors.Exists(match => match(error)))
                    throw new InvalidOperationException($"{Name} logged an unexpected error: {error}");
            }

            if (_secrets.Any(secret => output[i].Contains(secret, StringComparison.Ordinal)))
                throw new InvalidOperationException($"{Name} logged a secret in line {i + 1} of its output");
        }
    }

    private async Task EndAsync()
    {
        await _process.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private async Task CompleteAsync()
    {
        await Exited;
        _lines.Complete();
    }
}
