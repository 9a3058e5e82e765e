using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Weapp.Protocol.Signatures;
using Weapp.TestKit;

namespace Weapp.Runtime.Tests.Support;

/// <summary>A call of the app, as it came over the wire.</summary>
public sealed record AppCall(string Path, string ContentType, string Body, WebhookHeaders Headers)
{
    /// <summary>The envelope, as a strict reader sees it.</summary>
    public JsonElement Envelope { get; } = JsonDocument.Parse(Body, new JsonDocumentOptions { AllowDuplicateProperties = false }).RootElement;

    /// <summary>The text that was signed.</summary>
    public string Data => Text("data");

    /// <summary>The only packet of a push.</summary>
    public JsonElement Packet => Assert.Single(JsonElement.Parse(Data).EnumerateArray());

    public string Text(string member) => Envelope.GetProperty(member).GetString()!;
}

/// <summary>A tunnel server in another process, with the answers that a test gives it.</summary>
public sealed class FakeTunnelServer : IAsyncDisposable
{
    public const string TunnelId = "t-granted";
    public const string ConnectUrl = "wss://ws.example.com/ws/t-granted?ticket=ticket-0123456789";
    public const string Accepted = """{"code":0,"message":"OK","data":{"invalidTunnelIds":[]}}""";

    private readonly TestServer _server;
    private readonly ConcurrentQueue<AppCall> _calls;

    private FakeTunnelServer(TestServer server, ConcurrentQueue<AppCall> calls) => (_server, _calls) = (server, calls);

    public Uri Address => _server.Address;

    public IReadOnlyCollection<AppCall> Calls => _calls;

    /// <summary>The data of an answer that gives a tunnel.</summary>
    public static string GrantData { get; } = $$"""{"tunnelId":"{{TunnelId}}","connectUrl":"{{ConnectUrl}}"}""";

    /// <summary>Grants tunnels and takes pushes.</summary>
    public static Task<FakeTunnelServer> StartAsync() => StartAsync(static context =>
        context.Response.WriteAsync(context.Request.Path == "/get/wsurl" ? SignedAnswer(GrantData) : Accepted));

    /// <summary>Answers everything alike.</summary>
    public static Task<FakeTunnelServer> StartAsync(string answer, int status = 200, string contentType = "application/json") => StartAsync(async context =>
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = contentType;
        context.Response.Headers.Location = status is >= 300 and < 400 ? "/elsewhere" : default;
        if (answer.Length > 0)
            await context.Response.WriteAsync(answer);
    });

    public static async Task<FakeTunnelServer> StartAsync(RequestDelegate answer)
    {
        var calls = new ConcurrentQueue<AppCall>();
        var server = await TestServer.StartAsync(static _ => { }, app => app.Run(async context =>
        {
            using var reader = new StreamReader(context.Request.Body, new UTF8Encoding(false, throwOnInvalidBytes: true));
            calls.Enqueue(new AppCall(context.Request.Path, context.Request.ContentType ?? "", await reader.ReadToEndAsync(), HeadersOf(context.Request)));
            await answer(context);
        }));
        return new FakeTunnelServer(server, calls);
    }

    private static WebhookHeaders HeadersOf(HttpRequest request) => WebhookHeaders.Read(request.Headers, static (headers, name) => headers[name]);

    /// <summary>An answer with its data as text, signed as the official servers sign.</summary>
    public static string SignedAnswer(string data, string key = SignedEvent.Key) =>
        JsonSerializer.Serialize(new { code = 0, message = "OK", data, signature = Sign(data, key) });

    public static string Sign(string data, string key) => Convert.ToHexStringLower(SHA1.HashData(Encoding.UTF8.GetBytes(data + key)));

    /// <summary>Begins an answer, or not even that, and never ends it.</summary>
    /// <param name="context">The call.</param>
    /// <param name="begin">Whether the answer begins.</param>
    /// <param name="hanging">Completes when nothing more will come.</param>
    public static async Task HangAsync(HttpContext context, bool begin, TaskCompletionSource hanging)
    {
        if (begin)
        {
            await context.Response.WriteAsync("{");
            await context.Response.Body.FlushAsync();
        }

        hanging.TrySetResult();
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (context.RequestAborted.Register(gone.SetResult))
            await gone.Task;
    }

    /// <summary>Makes an app use this server.</summary>
    public void Serve(WeappOptions options)
    {
        options.TunnelServerUrl = Address.ToString();
        options.ServerHost = "www.example.com";
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
