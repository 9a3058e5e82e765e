using System.Collections.Concurrent;
using System.Text.Json;

namespace Weapp.TestKit;

/// <summary>Phones that run the official client SDK, all in one Node process.</summary>
public sealed class OfficialPhones : IAsyncDisposable
{
    private readonly NodeProcess _process;
    private readonly ConcurrentDictionary<string, OfficialPhone> _phones = new();
    private readonly ConcurrentDictionary<int, TaskCompletionSource<JsonElement>> _answers = new();
    private int _lastCommand;

    private OfficialPhones()
    {
        _process = NodeProcess.Start("phone.js", OnLine);
        _ = WatchAsync();
    }

    public static OfficialPhones Start() => new();

    /// <summary>Another phone. It does nothing by itself.</summary>
    /// <param name="nickname">The name of its owner, unique among these phones.</param>
    /// <param name="app">The app server.</param>
    /// <param name="weChat">Where the simulated WeChat is.</param>
    /// <param name="cancellationToken">The test's token.</param>
    /// <param name="sdk">The npm package of its SDK.</param>
    public async Task<OfficialPhone> AddAsync(string nickname, Uri app, Uri weChat, CancellationToken cancellationToken, string sdk = "wafer-client-sdk")
    {
        var phone = new OfficialPhone(this, nickname);
        if (!_phones.TryAdd(nickname, phone))
            throw new ArgumentException($"There is a phone of {nickname} already", nameof(nickname));
        await phone.CallAsync("create", new() { ["nickname"] = nickname, ["appUrl"] = Base(app), ["weChatUrl"] = Base(weChat), ["sdk"] = sdk }, cancellationToken);
        return phone;
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    /// <summary>The last lines of output, for a failure's message.</summary>
    public string Tail() => _process.Tail();

    internal async Task<JsonElement> CallAsync(Dictionary<string, object?> command, CancellationToken cancellationToken)
    {
        var id = Interlocked.Increment(ref _lastCommand);
        var answer = new TaskCompletionSource<JsonElement>(TaskCreationOptions.RunContinuationsAsynchronously);
        _answers[id] = answer;
        command["id"] = id;
        await _process.SendAsync(command, cancellationToken);
        var ended = await Task.WhenAny(answer.Task, _process.Ended).WaitAsync(TimeSpan.FromSeconds(30), cancellationToken);
        return ended == answer.Task ? await answer.Task : throw new InvalidOperationException($"The phones' process has ended. {Tail()}");
    }

    private static string Base(Uri address) => address.GetLeftPart(UriPartial.Authority);

    private void OnLine(JsonElement line)
    {
        if (line.TryGetProperty("answer", out var id) && _answers.TryRemove(id.GetInt32(), out var answer))
            answer.TrySetResult(line);
        else if (line.TryGetProperty("phone", out var name) && _phones.TryGetValue(name.GetString()!, out var phone))
            phone.OnEvent(line);
    }

    private async Task WatchAsync()
    {
        await _process.Ended;
        foreach (var phone in _phones.Values)
            phone.OnEnd();
    }
}
