using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Weapp.TestKit;
using Weapp.TestKit.Nodes;
using Weapp.TunnelServer.Tests.Support;

namespace Weapp.TunnelServer.Tests;

/// <summary>How much an app may ask for, and what is no call at all.</summary>
public sealed class AppCallLimitTests
{
    private const string AnotherKey = "another key, which is long enough for an app";

    [Theory]
    [InlineData("/get/tunnels")]
    [InlineData("/metrics")]
    [InlineData("/debug")]
    [InlineData("/ws")]
    [InlineData("/get")]
    [InlineData("/")]
    public async Task There_is_nothing_else_on_the_port(string path)
    {
        await using var gateway = await HttpGateway.StartAsync();
        using var answer = await gateway.Server.Client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    public async Task These_are_all_its_routes()
    {
        await using var gateway = await HttpGateway.StartAsync();
        var routes = ((IEndpointRouteBuilder)gateway.Server.App).DataSources.SelectMany(static source => source.Endpoints).OfType<RouteEndpoint>().Select(static endpoint =>
            $"{string.Join(' ', endpoint.Metadata.GetRequiredMetadata<IHttpMethodMetadata>().HttpMethods)} {endpoint.RoutePattern.RawText}");
        Assert.Equal(["POST /get/wsurl", "POST /ws/push", "GET CONNECT /ws/{tunnelId}"], routes);
    }

    [Fact]
    public async Task Too_much_is_413()
    {
        await using var gateway = await HttpGateway.StartAsync(static options => options.MaxPushBytes = 512 * 1024);
        var (phone, id) = await gateway.ConnectAsync();
        string[] calls =
        [
            SignedCall.Push([.. Enumerable.Repeat(id, 10_001)], "{}"),
            SignedCall.Body(new JsonArray([.. ((int[])[6000, 4001]).Select(count => NodeApp.Packet("message", "{}", [.. Enumerable.Repeat(id, count)]))]).ToJsonString()),
            SignedCall.Push([id], $$"""{"type":"{{new string('x', 64 * 1024)}}"}"""),
            new string(' ', 512 * 1024 + 1),
        ];
        foreach (var call in calls)
        {
            var (status, answer) = await gateway.Server.Client.PostAsync("/ws/push", call);
            Assert.Equal((413, 9005), (status, answer.GetProperty("code").GetInt32()));
        }

        var (ok, _) = await gateway.Server.Client.PostAsync("/ws/push", SignedCall.Push([.. Enumerable.Repeat(id, 10_000)], "{}"));
        Assert.Equal(200, ok);
        Assert.Equal("message:{}", await phone.ReadTextAsync());
        await phone.PingAsync();
    }

    [Fact]
    public async Task A_call_that_does_not_say_how_long_it_is_is_read_no_further_than_the_limit()
    {
        await using var gateway = await HttpGateway.StartAsync(static options => options.MaxPushBytes = 4096);
        foreach (var chunks in new[] { 5, 1000 })
        {
            await using var call = await Phone.ShakeAsync(gateway.Server.Address.Port, Call(string.Concat(Enumerable.Repeat($"400\r\n{new string(' ', 0x400)}\r\n", chunks))));
            Assert.Equal(413, call.Status);
        }

        var right = SignedCall.Push(["x"], "{}");
        await using var ok = await Phone.ShakeAsync(gateway.Server.Address.Port, Call($"{right.Length:x}\r\n{right}\r\n0\r\n\r\n"));
        Assert.Equal(200, ok.Status);

        static string Call(string body) => $"POST /ws/push HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n{body}";
    }

    [Theory]
    [InlineData("5\r\n{\"dat\r\nzz\r\n")]
    [InlineData("5;a=b\n{\"dat\r\n0\r\n\r\n")]
    public async Task A_call_in_broken_chunks_is_400_and_no_error(string body)
    {
        await using var gateway = await HttpGateway.StartAsync();
        await using var call = await Phone.ShakeAsync(gateway.Server.Address.Port, $"POST /ws/push HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n{body}");
        Assert.Equal(400, call.Status);
    }

    [Fact]
    public async Task A_call_that_drips_is_408_and_no_error()
    {
        await using var server = await TestServer.StartAsync(
            static builder =>
            {
                builder.WebHost.ConfigureKestrel(static kestrel => kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(240, TimeSpan.FromSeconds(1.1)));
                builder.Services.AddTunnelServer(static options => options.SignatureKey = SignedCall.Key);
            },
            static app => app.MapTunnelServer());
        await using var call = await Phone.ShakeAsync(server.Address.Port, "POST /ws/push HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\n{");

        Assert.Equal(408, call.Status);
        Assert.Equal(200, (await server.Client.PostAsync("/ws/push", SignedCall.Push(["x"], "{}"))).Status);
    }

    [Fact]
    public async Task An_app_that_pushes_more_bytes_than_its_share_waits_and_the_others_do_not()
    {
        var clock = new TestClock();
        await using var gateway = await HttpGateway.StartAsync(
            static options =>
            {
                options.SignatureKey = null;
                options.Clients["a.example.com"] = SignedCall.Key;
                options.Clients["b.example.com"] = AnotherKey;
            },
            clock);
        var (phone, id) = await gateway.ConnectAsync(serverHost: "a.example.com");
        var content = $$"""{"type":"{{new string('x', 64 * 1024 - 11)}}"}""";

        // 625 MiB: at 256 MiB a second, the app is 1.44 s ahead of what it may be.
        var call = SignedCall.Push([id, .. Enumerable.Range(1, 9_999).Select(static i => $"{i}")], content, serverHost: "a.example.com");
        Assert.Equal((200, 0), await PushAsync(call));
        Assert.Equal("message:" + content, await phone.ReadTextAsync());
        Assert.Equal((429, 9429), await PushAsync(call));
        Assert.Equal((429, 9429), await PushAsync(SignedCall.Push([id], "{}", serverHost: "a.example.com")));
        Assert.Equal((200, 0), await PushAsync(SignedCall.Push([id], "{}", key: AnotherKey, serverHost: "b.example.com")));
        clock.Advance(TimeSpan.FromSeconds(1.4));
        Assert.Equal((429, 9429), await PushAsync(call));
        clock.Advance(TimeSpan.FromSeconds(0.1));
        for (var i = 0; i < 100; i++)
            Assert.Equal((200, 0), await PushAsync(SignedCall.Push([id], "{}", serverHost: "a.example.com")));
        Assert.Equal((200, 0), await PushAsync(call));
        for (var i = 0; i < 100; i++)
            Assert.Equal("message:{}", await phone.ReadTextAsync());
        Assert.Equal("message:" + content, await phone.ReadTextAsync());
        await phone.PingAsync();

        async Task<(int, int)> PushAsync(string body)
        {
            var (status, answer) = await gateway.Server.Client.PostAsync("/ws/push", body);
            return (status, answer.GetProperty("code").GetInt32());
        }
    }

    [Fact]
    public async Task Other_methods_and_media_types_are_refused()
    {
        await using var gateway = await HttpGateway.StartAsync();
        using var get = await gateway.Server.Client.GetAsync(new Uri("/get/wsurl", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, get.StatusCode);
        Assert.Equal(["POST"], get.Content.Headers.Allow);
        var (status, answer) = await gateway.Server.Client.PostAsync("/ws/push", SignedCall.Push(["x"], "{}"), "multipart/form-data");
        Assert.Equal((415, 9006), (status, answer.GetProperty("code").GetInt32()));
    }
}
