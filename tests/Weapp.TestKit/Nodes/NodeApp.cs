using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Weapp.TestKit.Nodes;

/// <summary>An app that talks to several nodes of a tunnel server over HTTP, made without the code under test.</summary>
public sealed class NodeApp : IAsyncDisposable
{
    private readonly HttpClient _client = new(new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(2) }) { Timeout = TimeSpan.FromSeconds(20) };
    private readonly ConcurrentDictionary<string, TunnelHistory> _tunnels = new();
    private readonly string _key;
    private TestServer _server = null!;
    private int _turn;

    private NodeApp(string key) => _key = key;

    /// <summary>The nodes that are asked for tunnels, in turn; one that fails is passed over.</summary>
    public IReadOnlyList<Uri> Nodes { get; set; } = [];

    /// <summary>A second key that events may be signed with.</summary>
    public string? AlternateKey { get; set; }

    /// <summary>Runs before an event of that type is written down and answered.</summary>
    public Func<string, Task> Before { get; set; } = static _ => Task.CompletedTask;

    /// <summary>What happened to the tunnels, as far as the app was told.</summary>
    public IReadOnlyDictionary<string, TunnelHistory> Tunnels => _tunnels;

    /// <summary>Where it takes events, and gives tunnels to phones.</summary>
    public Uri ReceiveUrl => new(_server.Address, "/tunnel");

    /// <summary>Where nodes are told to send events; null for <see cref="ReceiveUrl"/>.</summary>
    public Uri? EventUrl { get; set; }

    /// <param name="key">The key that it shares with the nodes.</param>
    public static async Task<NodeApp> StartAsync(string key)
    {
        var app = new NodeApp(key);
        app._server = await app.ServeAsync(port: 0);
        return app;
    }

    /// <summary>Stops taking events. It goes on making calls.</summary>
    public ValueTask LeaveAsync() => _server.DisposeAsync();

    /// <summary>Takes events again, where it did before.</summary>
    public async Task ReturnAsync() => _server = await ServeAsync(_server.Address.Port);

    public TunnelHistory History(string tunnelId) => _tunnels.GetOrAdd(tunnelId, static _ => new TunnelHistory());

    /// <summary>Asks a node for a tunnel.</summary>
    public async Task<NodeGrant> RequestAsync(Uri node, CancellationToken cancellationToken)
    {
        var data = new JsonObject { ["receiveUrl"] = (EventUrl ?? ReceiveUrl).AbsoluteUri, ["protocolType"] = "ws" }.ToJsonString();
        var (status, answer) = await CallAsync(new Uri(node, "/get/wsurl"), data, null, cancellationToken);
        if (status != 200)
            return new NodeGrant(status, "", "");
        var grant = JsonElement.Parse(answer.GetProperty("data").GetString()!);
        return new NodeGrant(status, grant.GetProperty("tunnelId").GetString()!, grant.GetProperty("connectUrl").GetString()!);
    }

    /// <summary>Pushes a message through a node.</summary>
    public Task<NodePush> PushAsync(Uri node, string content, IEnumerable<string> ids, CancellationToken cancellationToken, string? callId = null) =>
        PushAsync(node, new JsonArray(Packet("message", content, ids)), cancellationToken, callId);

    /// <summary>Closes tunnels through a node.</summary>
    public Task<NodePush> CloseAsync(Uri node, IEnumerable<string> ids, CancellationToken cancellationToken) =>
        PushAsync(node, new JsonArray(Packet("close", null, ids)), cancellationToken);

    /// <summary>Pushes packets through a node.</summary>
    public async Task<NodePush> PushAsync(Uri node, JsonArray packets, CancellationToken cancellationToken, string? callId = null)
    {
        var (status, answer) = await CallAsync(new Uri(node, "/ws/push"), packets.ToJsonString(), callId, cancellationToken);
        if (status != 200)
            throw new InvalidOperationException($"The push was answered with {status} {answer}.");
        var data = answer.GetProperty("data");
        return new NodePush(Ids(data, "invalidTunnelIds"), Ids(data, "undeliveredTunnelIds"));
    }

    public static JsonObject Packet(string type, string? content, IEnumerable<string> ids)
    {
        var packet = new JsonObject { ["tunnelIds"] = new JsonArray([.. ids.Select(static id => JsonValue.Create(id))]), ["type"] = type };
        if (content is not null)
            packet["content"] = content;
        return packet;
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
    }

    private Task<TestServer> ServeAsync(int port) => TestServer.StartAsync(
        static builder => builder.Logging.SetMinimumLevel(LogLevel.Warning),
        web =>
        {
            web.MapGet("/tunnel", GetAsync);
            web.MapPost("/tunnel", ReceiveAsync);
        },
        port);

    private static IReadOnlyList<string> Ids(JsonElement data, string name) =>
        data.TryGetProperty(name, out var ids) ? [.. ids.EnumerateArray().Select(static id => id.GetString()!)] : [];

    private string Sign(string data) => Sign(data, _key);

    private static string Sign(string data, string key) => Convert.ToHexStringLower(SHA1.HashData(Encoding.UTF8.GetBytes(data + key)));

    private async Task<(int Status, JsonElement Answer)> CallAsync(Uri url, string data, string? callId, CancellationToken cancellationToken)
    {
        var body = new JsonObject { ["data"] = data, ["signature"] = Sign(data) }.ToJsonString();
        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        if (callId is not null)
        {
            // As Standard Webhooks has it.
            var seconds = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
            var signature = HMACSHA256.HashData(Encoding.UTF8.GetBytes(_key), Encoding.UTF8.GetBytes($"{callId}.{seconds}.{body}"));
            request.Headers.Add("webhook-id", callId);
            request.Headers.Add("webhook-timestamp", $"{seconds}");
            request.Headers.Add("webhook-signature", $"v1,{Convert.ToBase64String(signature)}");
        }

        using var response = await _client.SendAsync(request, cancellationToken);
        return ((int)response.StatusCode, await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken));
    }

    private async Task GetAsync(HttpContext context)
    {
        var first = Interlocked.Increment(ref _turn);
        for (var i = 0; i < Nodes.Count; i++)
        {
            try
            {
                var grant = await RequestAsync(Nodes[(first + i) % Nodes.Count], context.RequestAborted);
                if (grant.Status == 200)
                {
                    await context.Response.WriteAsJsonAsync(new { url = grant.ConnectUrl }, context.RequestAborted);
                    return;
                }
            }
            catch (HttpRequestException)
            {
                // As a load balancer does: the next one.
            }
        }

        context.Response.StatusCode = StatusCodes.Status502BadGateway;
    }

    private async Task ReceiveAsync(HttpContext context)
    {
        JsonElement envelope;
        try
        {
            envelope = await context.Request.ReadFromJsonAsync<JsonElement>(context.RequestAborted);
        }
        catch (IOException)
        {
            // The connection broke; without this the server would try to read the rest.
            context.Abort();
            return;
        }

        var data = envelope.GetProperty("data").GetString()!;
        var signature = envelope.GetProperty("signature").GetString();
        if (signature != Sign(data) && (AlternateKey is null || signature != Sign(data, AlternateKey)))
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            await context.Response.WriteAsync("""{"code":9003,"message":"Bad request - check signature failed"}""", context.RequestAborted);
            return;
        }

        var packet = JsonElement.Parse(data);
        await Before(packet.GetProperty("type").GetString()!);
        var content = packet.TryGetProperty("content", out var text) ? text.GetString()! : "";
        History(packet.GetProperty("tunnelId").GetString()!).Add(packet.GetProperty("type").GetString()!, packet.GetProperty("id").GetString()!, content);
        await context.Response.WriteAsync("""{"code":0,"message":"ok"}""", context.RequestAborted);
    }
}

/// <summary>The answer of <c>/get/wsurl</c>.</summary>
public sealed record NodeGrant(int Status, string TunnelId, string ConnectUrl);

/// <summary>The answer of <c>/ws/push</c>.</summary>
public sealed record NodePush(IReadOnlyList<string> Invalid, IReadOnlyList<string> Undelivered);

/// <summary>A tunnel's events as the app saw them.</summary>
public sealed class TunnelHistory
{
    private readonly Lock _gate = new();
    private readonly HashSet<string> _ids = [];
    private readonly ConcurrentQueue<string> _messages = new();
    private int _connects;
    private int _closes;
    private int _repeats;
    private bool _isOutOfOrder;

    /// <summary>How many different connect events came.</summary>
    public int Connects => Volatile.Read(ref _connects);

    /// <summary>How many different close events came: a repeat with the same id is the same event.</summary>
    public int Closes => Volatile.Read(ref _closes);

    /// <summary>How many events came again, with the id of one that had come.</summary>
    public int Repeats => Volatile.Read(ref _repeats);

    /// <summary>Whether something new came after the close event, or anything before the connect event.</summary>
    public bool IsOutOfOrder => Volatile.Read(ref _isOutOfOrder);

    /// <summary>The contents of its messages, in the order in which they came first.</summary>
    public IReadOnlyCollection<string> Messages => _messages;

    internal void Add(string type, string id, string content)
    {
        lock (_gate)
        {
            if (!_ids.Add(id))
            {
                _repeats++;
                return;
            }

            _isOutOfOrder |= _closes > 0 || (type != "connect" && _connects == 0);
            if (type == "connect")
                _connects++;
            if (type == "close")
                _closes++;
            if (type == "message")
                _messages.Enqueue(content);
        }
    }
}
