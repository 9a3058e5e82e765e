using System.Text.Json;

namespace Weapp.TestKit;

/// <summary>What the official client reported.</summary>
public sealed record PhoneEvent(string Kind, JsonElement Value)
{
    /// <summary>Where <see cref="Kind"/> is <c>message</c>: its type.</summary>
    public string? MessageType => Kind == "message" ? Value.GetProperty("type").GetString() : null;

    /// <summary>Where <see cref="Kind"/> is <c>message</c>: its content; undefined where it has none.</summary>
    public JsonElement Content => Value.TryGetProperty("content", out var content) ? content : default;

    public override string ToString() => Value.GetRawText();
}

/// <summary>What the official client answered to a request.</summary>
public sealed record PhoneResponse(int StatusCode, JsonElement Data);

/// <summary>The official client failed a call.</summary>
public sealed class PhoneException(string? type, string message) : Exception($"{type}: {message}")
{
    /// <summary>One of the client's <c>ERR_…</c> names.</summary>
    public string? Type { get; } = type;
}

/// <summary>One phone with the official client SDK.</summary>
public sealed class OfficialPhone
{
    private readonly OfficialPhones _phones;
    private readonly Inbox<PhoneEvent> _events = new();
    private readonly Inbox<PhoneEvent> _frames = new();

    internal OfficialPhone(OfficialPhones phones, string nickname)
    {
        _phones = phones;
        Nickname = nickname;
    }

    public string Nickname { get; }

    /// <summary>How often WeChat gave this phone a login code.</summary>
    public int WeChatLogins { get; private set; }

    /// <summary>Logs in where there is no session yet.</summary>
    /// <returns>The profile that WeChat gave to the client.</returns>
    public Task<JsonElement> LoginAsync(CancellationToken cancellationToken) => CallAsync("login", [], cancellationToken);

    /// <summary>Logs in without a profile, as only the Wafer 2 client does.</summary>
    /// <returns>The profile that the app answered.</returns>
    public Task<JsonElement> LoginWithCodeAsync(CancellationToken cancellationToken) => CallAsync("loginWithCode", [], cancellationToken);

    /// <summary>Sends a request as the app's pages do, with the session where there is one.</summary>
    public async Task<PhoneResponse> RequestAsync(string path, CancellationToken cancellationToken, string method = "GET")
    {
        var answer = await CallAsync("request", new() { ["path"] = path, ["method"] = method }, cancellationToken);
        return new PhoneResponse(answer.GetProperty("statusCode").GetInt32(), answer.GetProperty("data"));
    }

    /// <summary>Starts to open the tunnel; the event <c>connect</c> says when it is open.</summary>
    public Task OpenAsync(CancellationToken cancellationToken) => CallAsync("open", [], cancellationToken);

    public Task EmitAsync(string type, object? content, CancellationToken cancellationToken) =>
        CallAsync("emit", new() { ["type"] = type, ["content"] = content }, cancellationToken);

    /// <summary>Closes the tunnel for good.</summary>
    public Task CloseAsync(CancellationToken cancellationToken) => CallAsync("close", [], cancellationToken);

    /// <summary>The network under the phone goes away without a goodbye.</summary>
    public Task KillSocketAsync(CancellationToken cancellationToken) => CallAsync("killSocket", [], cancellationToken);

    /// <summary>The mini program goes to the background: WeChat closes its socket with code 1000.</summary>
    public Task GoToBackgroundAsync(CancellationToken cancellationToken) => CallAsync("background", [], cancellationToken);

    /// <summary>Leaves the phone with a session that the server does not know.</summary>
    public Task SpoilSessionAsync(CancellationToken cancellationToken) => CallAsync("spoilSession", [], cancellationToken);

    /// <summary>
    /// The next event of a kind: connect, close, reconnecting, reconnect, error, socketClosed. Events before it are passed over, but for
    /// <c>error</c>, with which the client gives up.
    /// </summary>
    public Task<PhoneEvent> WaitForAsync(string kind, CancellationToken cancellationToken) =>
        TakeAsync(item => item.Kind == kind, $"event '{kind}'", cancellationToken);

    /// <summary>The next message of a type. What comes before it is passed over as <see cref="WaitForAsync"/> does.</summary>
    public Task<PhoneEvent> HearAsync(string messageType, CancellationToken cancellationToken) =>
        TakeAsync(item => item.MessageType == messageType, $"message '{messageType}'", cancellationToken);

    /// <summary>The next message of which a condition holds. What comes before it is passed over as <see cref="WaitForAsync"/> does.</summary>
    public Task<PhoneEvent> HearAsync(string messageType, Func<JsonElement, bool> match, CancellationToken cancellationToken) =>
        TakeAsync(item => item.MessageType == messageType && match(item.Content), $"message '{messageType}' that fits", cancellationToken);

    /// <summary>The text of the next WebSocket frame that came in.</summary>
    public async Task<string> NextFrameAsync(CancellationToken cancellationToken)
    {
        var frame = await _frames.TakeAsync(_ => true, $"{Nickname}'s next frame", _phones.Tail, cancellationToken);
        return frame.Value.GetProperty("text").GetString()!;
    }

    internal void OnEvent(JsonElement line)
    {
        var happened = new PhoneEvent(line.GetProperty("event").GetString()!, line);
        if (happened.Kind == "wxLogin")
            WeChatLogins++;
        else if (happened.Kind != "frame")
            _events.Add(happened);
        else if (line.GetProperty("direction").GetString() == "received")
            _frames.Add(happened);
    }

    internal void OnEnd()
    {
        _events.Complete();
        _frames.Complete();
    }

    internal async Task<JsonElement> CallAsync(string command, Dictionary<string, object?> values, CancellationToken cancellationToken)
    {
        values["phone"] = Nickname;
        values["cmd"] = command;
        var answer = await _phones.CallAsync(values, cancellationToken);
        if (answer.TryGetProperty("error", out var error))
            throw new PhoneException(error.GetProperty("type").GetString(), error.GetProperty("message").GetString()!);
        return answer.GetProperty("result");
    }

    private Task<PhoneEvent> TakeAsync(Func<PhoneEvent, bool> match, string wanted, CancellationToken cancellationToken) =>
        _events.TakeAsync(match, $"{Nickname}'s {wanted}", _phones.Tail, cancellationToken, isFatal: item => item.Kind == "error");
}
