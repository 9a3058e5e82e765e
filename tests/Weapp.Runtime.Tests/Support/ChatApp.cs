using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Weapp.Protocol.Packets;
using Weapp.Protocol.Sessions;
using Weapp.TestKit;

namespace Weapp.Runtime.Tests.Support;

/// <summary>An HTTP answer, read to its end.</summary>
public sealed record Answer(HttpStatusCode Status, string Text)
{
    public JsonElement Json => JsonElement.Parse(Text);

    /// <summary>Status and code, for example <c>400 9003</c>.</summary>
    public string Code => $"{(int)Status} {Json.GetProperty("code").GetInt32()}";
}

/// <summary>An app with one handler on <c>/tunnel</c>; its tunnel server is the embedded one, unless an address is set.</summary>
public sealed class ChatApp : IAsyncDisposable
{
    public const string Ok = """{"code":0,"message":"ok"}""";

    private ChatApp(TestServer server, Journal journal)
    {
        Server = server;
        Journal = journal;
    }

    public TestServer Server { get; }

    public Journal Journal { get; }

    /// <summary>The handlers' scopes, services and users are made as the test says.</summary>
    /// <param name="options">The app's options; the key is <see cref="SignedEvent.Key"/>.</param>
    /// <param name="endpoint">The endpoint's options.</param>
    /// <param name="clock">A clock that the test moves; the real one by default.</param>
    /// <param name="lifetime">The handler's lifetime.</param>
    /// <param name="configure">More services.</param>
    /// <param name="map">More endpoints and middleware.</param>
    /// <param name="port">0 for any free port.</param>
    public static async Task<ChatApp> StartAsync<THandler>(
        Action<WeappOptions>? options = null,
        Action<TunnelEndpointOptions>? endpoint = null,
        TestClock? clock = null,
        ServiceLifetime lifetime = ServiceLifetime.Scoped,
        Action<WebApplicationBuilder>? configure = null,
        Action<WebApplication>? map = null,
        int port = 0)
        where THandler : class, ITunnelHandler<THandler>
    {
        var journal = new Journal();
        var server = await TestServer.StartAsync(
            builder =>
            {
                if (clock is not null)
                    builder.Services.AddSingleton<TimeProvider>(clock);
                builder.Services.AddSingleton(journal);
                builder.Services.AddSingleton<ISessionServer, KnownUsers>();
                builder.Services.AddTunnelServer();
                builder.Services.AddWeapp(weapp =>
                {
                    weapp.TunnelSignatureKey = SignedEvent.Key;
                    options?.Invoke(weapp);
                }).AddHandler<THandler>(lifetime);
                configure?.Invoke(builder);
            },
            app =>
            {
                map?.Invoke(app);
                app.MapTunnelServer();
                app.MapWeappTunnel<THandler>("/tunnel", endpoint);
            },
            port);
        server.Secret(SignedEvent.Key);
        return new ChatApp(server, journal);
    }

    public async Task<Answer> PostAsync(HttpContent content)
    {
        using (content)
        {
            using var response = await Server.Client.PostAsync("/tunnel", content, TestContext.Current.CancellationToken);
            var answer = await ReadAsync(response);
            Assert.Equal("application/json; charset=utf-8", response.Content.Headers.ContentType?.ToString());
            Assert.Equal(["nosniff"], response.Headers.GetValues("X-Content-Type-Options"));
            Assert.InRange(answer.Text.Length, 1, 1024);
            return answer;
        }
    }

    /// <summary>Posts what must be refused: the handler does not hear of it, and the app goes on.</summary>
    public async Task AssertRefusedAsync(HttpContent content, string expected)
    {
        var before = Journal.All.Count;
        Assert.Equal(expected, (await PostAsync(content)).Code);
        Assert.Equal(before, Journal.All.Count);
        await AssertServingAsync();
    }

    public async Task AssertServingAsync()
    {
        // An unknown type leaves no trace in the handler; with no key even that is refused, which is an answer too.
        var answer = await PostAsync(SignedEvent.Data("""{"tunnelId":"t1","type":"still-there"}"""));
        Assert.Contains(answer.Code, (string[])["200 0", "400 9003"]);
    }

    /// <summary>Posts a signed event.</summary>
    public Task<Answer> PostAsync(string tunnelId, PacketType type, string content = "") => PostAsync(SignedEvent.Of(tunnelId, type, content));

    /// <summary>Posts a signed message.</summary>
    public Task<Answer> SayAsync(string tunnelId, string type, string content) =>
        PostAsync(tunnelId, PacketType.Message, SignedEvent.Message(type, content));

    /// <summary>Asks for a tunnel, as a user or as nobody.</summary>
    public async Task<Answer> GetAsync(string? openId = null, string? host = null, string path = "/tunnel")
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Host = host;
        if (openId is not null)
            request.Headers.Add("X-WX-Skey", openId);
        return await SendAsync(request);
    }

    public async Task<Answer> SendAsync(HttpRequestMessage request)
    {
        using var response = await Server.Client.SendAsync(request, TestContext.Current.CancellationToken);
        return await ReadAsync(response);
    }

    public ValueTask DisposeAsync() => Server.DisposeAsync();

    private static async Task<Answer> ReadAsync(HttpResponseMessage response) =>
        new(response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
}
