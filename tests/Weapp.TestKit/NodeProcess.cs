using System.Text.Json;

namespace Weapp.TestKit;

/// <summary>A script of <c>tests/npm</c> that speaks JSON lines.</summary>
public sealed class NodeProcess : IAsyncDisposable
{
    private readonly ChildProcess _process;
    private readonly Inbox<JsonElement> _lines = new();

    private NodeProcess(string script, string[] arguments, Action<JsonElement>? onLine)
    {
        var folder = Repository.PathOf("tests/npm");
        if (!Directory.Exists(Path.Combine(folder, "node_modules")))
            throw new InvalidOperationException("The official SDKs are not in tests/npm/node_modules; run ./test.sh, which installs them.");

        _process = ChildProcess.Start("node", [Path.Combine(folder, script), .. arguments], line =>
        {
            var value = JsonElement.Parse(line);
            if (onLine is null)
                _lines.Add(value);
            else
                onLine(value);
        });
        Ended = EndAsync();
    }

    /// <summary>Completes when the process has ended, whatever the reason.</summary>
    public Task Ended { get; }

    /// <summary>Starts a script whose lines are waited for one by one.</summary>
    public static NodeProcess Start(string script, params string[] arguments) => new(script, arguments, null);

    /// <summary>Starts a script whose lines go to a method, one at a time.</summary>
    public static NodeProcess Start(string script, Action<JsonElement> onLine) => new(script, [], onLine);

    /// <summary>Sends one command.</summary>
    public Task SendAsync(object command, CancellationToken cancellationToken) =>
        _process.WriteLineAsync(JsonSerializer.Serialize(command, JsonSerializerOptions.Web), cancellationToken);

    /// <summary>The next line that has a member; the lines before it are passed over.</summary>
    public async Task<JsonElement> WaitForAsync(string member, CancellationToken cancellationToken)
    {
        var line = await _lines.TakeAsync(line => line.TryGetProperty(member, out _), $"a line with '{member}'", _process.Tail, cancellationToken);
        return line.GetProperty(member);
    }

    /// <summary>The last lines of output, for a failure's message.</summary>
    public string Tail() => _process.Tail();

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private async Task EndAsync()
    {
        await _process.Exited;
        _lines.Complete();
    }
}
