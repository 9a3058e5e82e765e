using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Weapp.Protocol.Packets;
using Weapp.TestKit;

namespace Weapp.TunnelServer.Tests.Support;

/// <summary>A tunnel server, and an app on another port that takes its events over HTTP and checks their signatures.</summary>
public sealed class HttpGateway : IAsyncDisposable
{
    private readonly List<Phone> _phones = [];
    private readonly List<TestServer> _moreApps = [];

    private HttpGateway(TestServer server, TestServer appServer, RecordingApp app)
    {
        (Server, AppServer, App) = (server, appServer, app);
        ReceiveUrl = new Uri(appServer.Address, "/tunnel").AbsoluteUri;
    }

    public TestServer Server { get; }

    public TestServer AppServer { get; }

    public RecordingApp App { get; }

    /// <summary>Answers instead of the app where it returns true.</summary>
    public Func<HttpContext, Task<bool>> Intercept { get; set; } = static _ => Task.FromResult(false);

    /// <summary>The members <c>id</c>, <c>seq</c> and <c>ts</c> of every packet that came, in turn.</summary>
    public ConcurrentQueue<(string Id, long Seq, long Timestamp)> Stamps { get; } = new();

    /// <summary>Where the app takes events, unless another one asks.</summary>
    public string ReceiveUrl { get; set; }

    public static async Task<HttpGateway> StartAsync(Action<TunnelServerOptions>? configure = null, TestClock? time = null)
    {
        HttpGateway? gateway = null;
        var app = new RecordingApp();
        var appServer = await StartAppAsync(() => gateway!, port: 0);
        var server = await TestServer.StartAsync(
            builder =>
            {
                if (time is not null)
                    builder.Services.AddSingleton<TimeProvider>(time);
                builder.Services.AddTunnelServer(options =>
                {
                    options.SignatureKey = SignedCall.Key;
                    options.ReceiveHosts.Add("127.0.0.1");
                    configure?.Invoke(options);
                });
            },
            static web => web.MapTunnelServer());
        server.Secret(SignedCall.Key);
        return gateway = new HttpGateway(server, appServer, app);
    }

    /// <summary>Asks for a tunnel as the Node SDK does.</summary>
    public async Task<(string TunnelId, string ConnectUrl)> RequestAsync(string key = SignedCall.Key, string serverHost = "127.0.0.1", TestServer? app = null)
    {
        var receiveUrl = app is null ? ReceiveUrl : new Uri(app.Address, "/tunnel").AbsoluteUri;
        var (status, answer) = await Server.Client.PostAsync("/get/wsurl", SignedCall.WsUrl(receiveUrl, key: key, serverHost: serverHost));
        Assert.Equal((200, 0), (status, answer.GetProperty("code").GetInt32()));
        var data = answer.GetProperty("data").GetString()!;
        Assert.Equal(SignedCall.Sign(data, key), answer.GetProperty("signature").GetString());
        var grant = JsonElement.Parse(data);
        return (grant.GetProperty("tunnelId").GetString()!, grant.GetProperty("connectUrl").GetString()!);
    }

    public async Task<(Phone Phone, string TunnelId)> ConnectAsync(string key = SignedCall.Key, string serverHost = "127.0.0.1", TestServer? app = null)
    {
        var (id, url) = await RequestAsync(key, serverHost, app);
        Server.Secret(url, id);
        var phone = await Phone.ConnectAsync(url);
        Assert.Equal(id, (await App.NextAsync(PacketType.Connect)).TunnelId);
        _phones.Add(phone);
        return (phone, id);
    }

    /// <summary>Starts another app beside the first; both record together.</summary>
    public async Task<TestServer> AddAppAsync()
    {
        var app = await StartAppAsync(this, port: 0);
        _moreApps.Add(app);
        return app;
    }

    /// <summary>Starts the app again, where it was.</summary>
    public static Task<TestServer> StartAppAsync(HttpGateway gateway, int port) => StartAppAsync(() => gateway, port);

    public async ValueTask DisposeAsync()
    {
        foreach (var phone in _phones)
            await phone.DisposeAsync();
        await Server.DisposeAsync();
        await AppServer.DisposeAsync();
        foreach (var app in _moreApps)
            await app.DisposeAsync();
    }

    private static Task<TestServer> StartAppAsync(Func<HttpGateway> gateway, int port) => TestServer.StartAsync(
        static _ => { },
        web => web.MapPost("/tunnel", async context =>
        {
            if (!await gateway().Intercept(context))
                await gateway().ReceiveAsync(context);
        }),
        port);

    private async Task ReceiveAsync(HttpContext context)
    {
        Assert.Equal("application/json", context.Request.ContentType);
        using var reader = new StreamReader(context.Request.Body);
        var envelope = JsonElement.Parse(await reader.ReadToEndAsync(context.RequestAborted));
        var data = envelope.GetProperty("data").GetString()!;
        if (envelope.GetProperty("signature").GetString() != SignedCall.Sign(data))
        {
            context.Response.StatusCode = 400;
            await context.Response.WriteAsync("""{"code":9003,"message":"Bad request - check signature failed"}""", context.RequestAborted);
            return;
        }

        var packet = JsonElement.Parse(data);
        Stamps.Enqueue((packet.GetProperty("id").GetString()!, packet.GetProperty("seq").GetInt64(), packet.GetProperty("ts").GetInt64()));
        var type = Enum.Parse<PacketType>(packet.GetProperty("type").GetString()!, ignoreCase: true);
        var content = packet.TryGetProperty("content", out var text) ? text.GetString()! : "";
        Assert.Equal(type == PacketType.Message, text.ValueKind == JsonValueKind.String);
        await App.ReceiveAsync(packet.GetProperty("tunnelId").GetString()!, type, System.Text.Encoding.UTF8.GetBytes(content), context.RequestAborted);
        await context.Response.WriteAsync("""{"code":0,"message":"ok"}""", context.RequestAborted);
    }
}
