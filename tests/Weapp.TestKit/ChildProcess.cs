using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Weapp.TestKit;

/// <summary>A program that a test started; it ends with the test.</summary>
public sealed class ChildProcess : IAsyncDisposable
{
    private const int SigTerm = 15;
    private const int SigCont = 18;
    private const int SigStop = 19;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    private readonly Process _process;
    private readonly SemaphoreSlim _writing = new(1);
    private readonly ConcurrentQueue<string> _output = new();
    private readonly Action<string> _onLine;
    private readonly Task _reading;

    private ChildProcess(Process process, Action<string> onLine)
    {
        _process = process;
        _onLine = onLine;
        Id = process.Id;
        _reading = Task.WhenAll(ReadAsync(process.StandardOutput, isOutput: true), ReadAsync(process.StandardError, isOutput: false));
    }

    public int Id { get; }

    /// <summary>Every line of standard output and standard error so far.</summary>
    public IReadOnlyCollection<string> Output => _output;

    /// <summary>Completes with the exit code, after the last line of output.</summary>
    public Task<int> Exited => field ??= WaitForExitAsync();

    /// <summary>Starts a program with its standard streams redirected.</summary>
    /// <param name="fileName">The program, looked for on the PATH.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="onLine">Called for each line of standard output, one at a time.</param>
    /// <param name="workingDirectory">Null for that of the tests.</param>
    /// <exception cref="InvalidOperationException">There is no such program.</exception>
    public static ChildProcess Start(string fileName, IEnumerable<string> arguments, Action<string> onLine, string? workingDirectory = null)
    {
        var start = new ProcessStartInfo(fileName, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = workingDirectory ?? "",
        };
        try
        {
            return new ChildProcess(Process.Start(start)!, onLine);
        }
        catch (Win32Exception failure)
        {
            throw new InvalidOperationException($"{fileName} could not be started; run ./test.sh, which installs what the tests need.", failure);
        }
    }

    /// <summary>Writes a line to standard input; lines that are written at the same time stay whole.</summary>
    public async Task WriteLineAsync(string line, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            await _process.StandardInput.WriteLineAsync(line.AsMemory(), cancellationToken);
            await _process.StandardInput.FlushAsync(cancellationToken);
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Ends the program at once, as <c>kill -9</c> does.</summary>
    public void Kill() => _process.Kill(entireProcessTree: true);

    /// <summary>Asks the program to end, as <c>kill</c> does.</summary>
    public void Terminate() => _ = SendSignal(Id, SigTerm);

    /// <summary>Stops the program as <c>SIGSTOP</c> does, until <see cref="Resume"/>.</summary>
    public void Suspend()
    {
        _ = SendSignal(Id, SigStop);
        // The signal is only sent by then; a thread that runs stops a little later.
        SpinWait.SpinUntil(() => Directory.EnumerateDirectories($"/proc/{Id}/task").All(IsStopped));
    }

    /// <summary>Lets the program go on.</summary>
    public void Resume() => _ = SendSignal(Id, SigCont);

    /// <summary>The last lines of output, for a failure's message.</summary>
    public string Tail() => string.Join('\n', _output.TakeLast(60).Prepend($"Last output of process {Id}:"));

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            Kill();
        await Exited.WaitAsync(Deadline);
        _process.Dispose();
        _writing.Dispose();
    }

    private static bool IsStopped(string thread)
    {
        try
        {
            var stat = File.ReadAllText(Path.Combine(thread, "stat"));
            return stat[(stat.LastIndexOf(')') + 2)..].StartsWith('T');
        }
        catch (IOException)
        {
            // It has ended meanwhile.
            return true;
        }
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SendSignal(int processId, int signal);

    private async Task<int> WaitForExitAsync()
    {
        await _process.WaitForExitAsync();
        await _reading;
        return _process.ExitCode;
    }

    private async Task ReadAsync(StreamReader stream, bool isOutput)
    {
        while (await stream.ReadLineAsync() is { } line)
        {
            _output.Enqueue(line);
            if (isOutput)
                _onLine(line);
        }
    }
}
