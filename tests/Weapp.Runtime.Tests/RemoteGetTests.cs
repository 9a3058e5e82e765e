using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Weapp.Runtime.Tests.Support;
using Weapp.TestKit;

namespace Weapp.Runtime.Tests;

/// <summary>Asking for a tunnel where the tunnel server is elsewhere.</summary>
public sealed class RemoteGetTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(9);

    [Fact]
    public async Task A_phone_gets_what_the_tunnel_server_gives()
    {
        await using var tunnels = await FakeTunnelServer.StartAsync();
        await using var app = await ChatApp.StartAsync<RecordingHandler>(tunnels.Serve);
        app.Server.Secret(FakeTunnelServer.ConnectUrl, "ticket-0123456789");

        var answer = await app.GetAsync();

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal(
            $$$"""{"url":"{{{FakeTunnelServer.ConnectUrl}}}","code":0,"data":{"tunnelId":"t-granted","connectUrl":"{{{FakeTunnelServer.ConnectUrl}}}"}}""",
            answer.Text);
        Assert.Equal(["request t-granted nobody"], app.Journal.All);
    }

    [Fact]
    public async Task The_call_is_the_official_SDKs_bit_for_bit()
    {
        const string Key = "9f338d1f0ecc37d25ac7b161c1d7bf72";
        var official = Captures.Servers("wsurl")[0];
        await using var tunnels = await FakeTunnelServer.StartAsync(FakeTunnelServer.SignedAnswer(FakeTunnelServer.GrantData, Key));
        await using var app = await ChatApp.StartAsync<RecordingHandler>(options =>
        {
            tunnels.Serve(options);
            options.ServerHost = "127.0.0.1";
            options.TunnelSignatureKey = Key;
        });

        Assert.Equal(HttpStatusCode.OK, (await app.GetAsync()).Status);

        var call = Assert.Single(tunnels.Calls);
        Assert.Equal("/get/wsurl", call.Path);
        Assert.Equal("application/json", call.ContentType);
        Assert.Equal(["data", "dataEncode", "tcId", "tcKey", "signature"], call.Envelope.EnumerateObject().Select(static member => member.Name));
        Assert.Equal("json", call.Text("dataEncode"));
        foreach (var member in (string[])["data", "tcId", "tcKey", "signature"])
            Assert.Equal(official.GetProperty(member).GetString(), call.Text(member));
        app.Server.Secret(Key);
    }

    [Fact]
    public async Task Where_the_signature_in_headers_is_required_the_key_is_not_sent()
    {
        await using var tunnels = await FakeTunnelServer.StartAsync();
        await using var app = await ChatApp.StartAsync<RecordingHandler>(options =>
        {
            tunnels.Serve(options);
            options.TunnelSignatureMode = TunnelSignatureMode.HmacOnly;
        });

        Assert.Equal(HttpStatusCode.OK, (await app.GetAsync()).Status);
        Assert.DoesNotContain(SignedEvent.Key, Assert.Single(tunnels.Calls).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_that_nobody_vouches_for_ends_the_call_before_anything_is_sent()
    {
        using var certificate = SelfSigned();
        var calls = 0;
        await using var tunnels = await StartTlsAsync(certificate, () =>
        {
            Interlocked.Increment(ref calls);
            return FakeTunnelServer.GrantData;
        });
        await using var app = await ChatApp.StartAsync<RecordingHandler>(options =>
        {
            options.TunnelServerUrl = tunnels.Address.ToString();
            options.ServerHost = "www.example.com";
        });

        Assert.Equal(HttpStatusCode.BadGateway, (await app.GetAsync()).Status);
        Assert.Equal(0, calls);
    }

    [Theory]
    [InlineData("wss", HttpStatusCode.OK)]
    [InlineData("ws", HttpStatusCode.BadGateway)]
    public async Task A_tunnel_server_with_TLS_gives_no_address_without(string scheme, HttpStatusCode expected)
    {
        using var certificate = SelfSigned();
        await using var tunnels = await StartTlsAsync(certificate, () => $$"""{"tunnelId":"t1","connectUrl":"{{scheme}}://ws.example.com/ws/t1"}""");
        await using var app = await ChatApp.StartAsync<RecordingHandler>(
            options =>
            {
                options.TunnelServerUrl = tunnels.Address.ToString();
                options.ServerHost = "www.example.com";
            },
            configure: builder => builder.Services.AddHttpClient("Weapp.TunnelServer").ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler
            {
                SslOptions = { RemoteCertificateValidationCallback = (_, shown, _, _) => shown?.GetCertHashString() == certificate.GetCertHashString() },
            }));

        var answer = await app.GetAsync();
        Assert.Equal(expected, answer.Status);
        Assert.Equal(expected == HttpStatusCode.OK, answer.Json.TryGetProperty("url", out _));
    }

    [Fact]
    public async Task The_receive_URL_comes_from_configuration_whatever_the_phone_says()
    {
        await using var tunnels = await FakeTunnelServer.StartAsync();
        await using var app = await ChatApp.StartAsync<RecordingHandler>(tunnels.Serve);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/tunnel?receiveUrl=http://evil.example.net");
        request.Headers.Host = "evil.example.net";
        request.Headers.Add("X-Forwarded-Host", "evil.example.net");
        request.Headers.Add("X-Forwarded-Proto", "https");
        request.Headers.Add("Forwarded", "host=evil.example.net");

        Assert.Equal(HttpStatusCode.OK, (await app.SendAsync(request)).Status);

        var call = Assert.Single(tunnels.Calls);
        Assert.Equal("""{"receiveUrl":"http://www.example.com/tunnel","protocolType":"wss"}""", call.Data);
        Assert.Equal(FakeTunnelServer.Sign(call.Data, SignedEvent.Key), call.Text("signature"));
        Assert.Equal(SignedEvent.Key, call.Text("tcKey"));
    }

    [Fact]
    public async Task A_public_URL_goes_before_the_server_host()
    {
        await using var tunnels = await FakeTunnelServer.StartAsync();
        await using var app = await ChatApp.StartAsync<RecordingHandler>(options =>
        {
            tunnels.Serve(options);
            options.PublicUrl = "https://app.example.org:8443/";
        });

        await app.GetAsync();

        Assert.Equal("""{"receiveUrl":"https://app.example.org:8443/tunnel","protocolType":"wss"}""", Assert.Single(tunnels.Calls).Data);
    }

    [Theory]
    [InlineData("/tunnel/%2e%2e/x")]
    [InlineData("//evil.example.net/tunnel")]
    [InlineData("/tunnel;a")]
    public async Task Other_paths_ask_for_nothing(string path)
    {
        await using var tunnels = await FakeTunnelServer.StartAsync();
        await using var app = await ChatApp.StartAsync<RecordingHandler>(tunnels.Serve);

        Assert.StartsWith("HTTP/1.1 404", await RawHttp.SendAsync(app.Server, $"GET {path} HTTP/1.1\r\nHost: app\r\nConnection: close", default), StringComparison.Ordinal);
        Assert.Empty(tunnels.Calls);
    }

    [Theory]
    [InlineData(500, "{}")]
    [InlineData(404, "not here")]
    [InlineData(302, "")]
    [InlineData(200, "")]
    [InlineData(200, "<html>welcome</html>")]
    [InlineData(200, "[]")]
    [InlineData(200, """{"message":"OK"}""")]
    [InlineData(200, """{"code":"0","data":{}}""")]
    [InlineData(200, """{"code":5001,"message":"no such app"}""")]
    [InlineData(200, """{"code":0,"message":"OK"}""")]
    [InlineData(200, """{"code":0,"message":"OK","data":null}""")]
    [InlineData(200, """{"code":0,"message":"OK","data":{"tunnelId":"t1","connectUrl":"wss://ws.example.com/"}}""")]
    [InlineData(200, """{"code":0,"data":"{}","signature":"0000000000000000000000000000000000000000"}""")]
    public async Task A_tunnel_server_that_gives_no_tunnel_is_a_bad_gateway(int status, string body)
    {
        await using var tunnels = await FakeTunnelServer.StartAsync(body, status);
        await using var app = await ChatApp.StartAsync<RecordingHandler>(tunnels.Serve);

        await AssertNoTunnelAsync(app, await app.GetAsync(), HttpStatusCode.BadGateway);
    }

    [Theory]
    [InlineData("", "wss://ws.example.com/")]
    [InlineData("a\r\nb", "wss://ws.example.com/")]
    [InlineData("t1", "")]
    [InlineData("t1", "javascript:alert(1)")]
    [InlineData("t1", "https://ws.example.com/")]
    [InlineData("t1", "wss://user:word@ws.example.com/")]
    [InlineData("t1", "wss://ws.example.com/#x")]
    [InlineData("t1", "wss://ws.example.com/\r\nx")]
    public async Task A_tunnel_that_no_phone_should_see_is_a_bad_gateway(string tunnelId, string connectUrl)
    {
        await using var tunnels = await FakeTunnelServer.StartAsync(FakeTunnelServer.SignedAnswer(JsonSerializer.Serialize(new { tunnelId, connectUrl })));
        await using var app = await ChatApp.StartAsync<RecordingHandler>(tunnels.Serve);

        await AssertNoTunnelAsync(app, await app.GetAsync(), HttpStatusCode.BadGateway);
    }

    [Fact]
    public async Task A_tunnel_server_that_is_not_there_is_a_bad_gateway()
    {
        var tunnels = await FakeTunnelServer.StartAsync();
        await using var app = await ChatApp.StartAsync<RecordingHandler>(tunnels.Serve);
        await tunnels.DisposeAsync();

        await AssertNoTunnelAsync(app, await app.GetAsync(), HttpStatusCode.BadGateway);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_tunnel_server_that_does_not_finish_its_answer_is_a_gateway_timeout(bool begins)
    {
        var clock = new TestClock();
        var hanging = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var tunnels = await FakeTunnelServer.StartAsync(context => FakeTunnelServer.HangAsync(context, begins, hanging));
        await using var app = await ChatApp.StartAsync<RecordingHandler>(options =>
        {
            tunnels.Serve(options);
            options.NetworkTimeout = Timeout;
        }, clock: clock);

        var answer = app.GetAsync();
        await hanging.Task.WaitAsync(Limits.Deadline, TestContext.Current.CancellationToken);
        await clock.PassAsync(Timeout);

        await AssertNoTunnelAsync(app, await answer, HttpStatusCode.GatewayTimeout);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_server_that_does_not_sign_is_used_where_signatures_are_not_checked(bool asText)
    {
        var data = asText ? JsonSerializer.Serialize(FakeTunnelServer.GrantData) : FakeTunnelServer.GrantData;
        await using var tunnels = await FakeTunnelServer.StartAsync($$"""{"code":0,"message":"OK","data":{{data}}}""");
        await using var app = await ChatApp.StartAsync<RecordingHandler>(options =>
        {
            tunnels.Serve(options);
            options.TunnelCheckSignature = false;
        });

        Assert.Equal(FakeTunnelServer.ConnectUrl, (await app.GetAsync()).Json.GetProperty("url").GetString());
    }

    [Fact]
    public async Task A_missing_signature_is_called_missing()
    {
        await using var tunnels = await FakeTunnelServer.StartAsync($$"""{"code":0,"message":"OK","data":{{FakeTunnelServer.GrantData}}}""");
        await using var app = await ChatApp.StartAsync<RecordingHandler>(tunnels.Serve);

        await AssertNoTunnelAsync(app, await app.GetAsync(), HttpStatusCode.BadGateway);

        Assert.Contains(app.Server.Logs.Lines, static line => line.Text.Contains("has no signature", StringComparison.Ordinal));
    }

    private static X509Certificate2 SelfSigned()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        return request.CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(1));
    }

    /// <summary>A tunnel server over TLS.</summary>
    private static async Task<TestServer> StartTlsAsync(X509Certificate2 certificate, Func<string> grant)
    {
        var server = await TestServer.StartAsync(
            builder => builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(certificate))),
            app => app.Run(context => context.Response.WriteAsync(FakeTunnelServer.SignedAnswer(grant()))));
        Assert.Equal("https", server.Address.Scheme);
        return server;
    }

    private static async Task AssertNoTunnelAsync(ChatApp app, Answer answer, HttpStatusCode status)
    {
        Assert.Equal(status, answer.Status);
        Assert.Equal("""{"error":"The tunnel server gave no tunnel."}""", answer.Text);
        Assert.Empty(app.Journal.All);
        Assert.Single(app.Server.Logs.Lines, static line => line is { Category: "Weapp.Http", EventId.Id: 2, Level: LogLevel.Warning });
        Assert.Equal("200 0", (await app.PostAsync("t1", Protocol.Packets.PacketType.Connect)).Code);
    }
}
