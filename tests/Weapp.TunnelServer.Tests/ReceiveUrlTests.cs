using System.Globalization;
using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Weapp.TestKit;
using Weapp.TunnelServer.ReceiveUrls;
using Weapp.TunnelServer.Tests.Support;

namespace Weapp.TunnelServer.Tests;

/// <summary>Where events may go: not to somebody's own network, whatever an address looks like and whatever a name stands for.</summary>
public sealed class ReceiveUrlTests
{
    private static readonly string[] NotPublic =
    [
        // Loopback, in every writing.
        "127.0.0.1", "127.1", "127.0.1", "0x7f.1", "0x7f000001", "2130706433", "017700000001", "0177.0.0.1", "127.255.255.255", "[::1]", "[0:0:0:0:0:0:0:1]",
        "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "localhost", "localhost.", "LOCALHOST", "127.0.0.1.", "１２７.0.0.1", "127。0。0。1", "ⓛocalhost", "[::]", "0.0.0.0", "0",
        // This network, private, shared, link-local: the cloud's metadata among them.
        "0.1.2.3", "10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.255", "192.168.0.1", "100.64.0.1", "100.127.255.255", "169.254.169.254", "[fe80::1]", "[fc00::1]",
        "[fd00:ec2::254]", "[fec0::1]", "[::ffff:10.0.0.1]", "[::ffff:169.254.169.254]",
        // Translated and tunnelled.
        "[64:ff9b::a00:1]", "[64:ff9b::7f00:1]", "[64:ff9b:1::1]", "[2002:a00:1::1]", "[2002:7f00:1::1]", "[2001:0:a00:1::1]",
        // Multicast, reserved, documentation, benchmarks.
        "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255", "[ff02::1]", "192.0.0.1", "192.0.2.1", "192.88.99.1", "198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1",
        "[2001:db8::1]", "[3fff::1]", "[100::1]", "[5f00::1]",
    ];

    [Fact]
    public async Task An_address_that_is_not_public_is_refused_and_nobody_connects()
    {
        using var victim = new Listener("127.0.0.1");
        await using var server = await StartAsync();
        var taken = new List<string>();
        foreach (var host in NotPublic)
        {
            foreach (var url in (string[])[$"https://{host}/tunnel", $"http://{host}/tunnel", $"https://{host}:{victim.Port}/tunnel", $"http://{host}:{victim.Port}/tunnel"])
            {
                if (await RequestAsync(server, url, host) != "400 9008")
                    taken.Add(url);
            }
        }

        Assert.Empty(taken);
        Assert.Equal(0, victim.Connections);
    }

    [Theory]
    [InlineData("93.184.216.34")]
    [InlineData("1.1.1.1")]
    [InlineData("172.15.255.255")]
    [InlineData("172.32.0.1")]
    [InlineData("100.128.0.1")]
    [InlineData("223.255.255.254")]
    [InlineData("[2606:4700::1111]")]
    [InlineData("[2002:101:101::1]")]
    [InlineData("[::ffff:1.1.1.1]")]
    [InlineData("www.example.com")]
    public async Task A_public_address_is_taken_over_TLS_only(string host)
    {
        await using var server = await StartAsync();

        Assert.Equal("200 0", await RequestAsync(server, $"https://{host}/tunnel", host));
        Assert.Equal("200 0", await RequestAsync(server, $"https://{host}:8443/tunnel", $"{host}:8443"));
        Assert.Equal("400 9008", await RequestAsync(server, $"http://{host}/tunnel", host));
    }

    [Fact]
    public async Task Anything_but_a_plain_address_of_the_apps_own_host_is_refused()
    {
        string[] urls =
        [
            "file:///etc/passwd",
            "//www.example.com/tunnel",
            "/tunnel",
            "ftp://www.example.com/tunnel",
            "javascript:alert(1)",
            "https://user@www.example.com/tunnel",
            "https://user:secret@www.example.com/tunnel",
            "https://www.example.com/tunnel#fragment",
            "https://www.example.com\\@127.0.0.1/tunnel",
            "https://127.0.0.1\\.www.example.com/tunnel",
            "https://www.example.com%2f@127.0.0.1/",
            "https://www.example.com:22/tunnel",
            "https://www.example.com:25/tunnel",
            "https://www.example.com:99999/tunnel",
            "https:///tunnel",
            "https://evil.example.com/tunnel",
            "https://www.example.com.evil.example.com/tunnel",
            "https://www.example.com/" + new string('a', 2048),
        ];
        await using var server = await StartAsync();
        foreach (var url in urls)
            Assert.Equal((url, "400 9008"), (url, await RequestAsync(server, url, "www.example.com")));
    }

    [Fact]
    public async Task A_configured_app_has_the_host_that_it_is_configured_by()
    {
        await using var server = await StartAsync(static options =>
        {
            options.SignatureKey = null;
            options.Clients["www.example.com"] = SignedCall.Key;
            options.ReceiveHosts.Add("other.example.com");
            options.ReceiveHosts.Add("ports.example.com:22");
        });

        Assert.Equal("200 0", await RequestAsync(server, "https://www.example.com/tunnel", "www.example.com"));
        Assert.Equal("200 0", await RequestAsync(server, "https://WWW.example.com:8443/tunnel", "www.example.com"));
        Assert.Equal("200 0", await RequestAsync(server, "https://other.example.com/tunnel", "www.example.com"));
        Assert.Equal("200 0", await RequestAsync(server, "https://ports.example.com:22/tunnel", "www.example.com"));
        Assert.Equal("400 9008", await RequestAsync(server, "https://ports.example.com/tunnel", "www.example.com"));
        Assert.Equal("400 9008", await RequestAsync(server, "https://evil.example.com/tunnel", "www.example.com"));
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    [InlineData("10.1.2.3")]
    public async Task An_address_that_the_configuration_names_is_taken_without_TLS_too(string host)
    {
        await using var server = await StartAsync(options =>
        {
            options.SignatureKey = null;
            options.Clients[host] = SignedCall.Key;
        });

        Assert.Equal("200 0", await RequestAsync(server, $"http://{host}:5080/tunnel", host));
        Assert.Equal("400 9008", await RequestAsync(server, "http://127.0.0.3:5080/tunnel", host));
    }

    [Fact]
    public async Task In_a_network_that_the_configuration_names_apps_are_reached_without_TLS()
    {
        await using var server = await StartAsync(static options => options.ReceiveNetworks.Add("10.0.0.0/8"));

        Assert.Equal("200 0", await RequestAsync(server, "http://10.1.2.3:5080/tunnel", "10.1.2.3"));
        Assert.Equal("200 0", await RequestAsync(server, "http://app:5080/tunnel", "app"));
        Assert.Equal("400 9008", await RequestAsync(server, "http://192.168.1.1/tunnel", "192.168.1.1"));
    }

    [Fact]
    public async Task In_Development_this_machine_is_reached_and_no_other_network()
    {
        await using var server = await StartAsync(environment: "Development");

        Assert.Equal("200 0", await RequestAsync(server, "http://127.0.0.1:5080/tunnel", "127.0.0.1:5080"));
        Assert.Equal("200 0", await RequestAsync(server, "http://localhost:5080/tunnel", "localhost"));
        Assert.Equal("200 0", await RequestAsync(server, "http://www.example.com/tunnel", "www.example.com"));
        Assert.Equal("400 9008", await RequestAsync(server, "http://10.0.0.1/tunnel", "10.0.0.1"));
        Assert.Single(server.Logs.Lines, static line => line.EventId == 42);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    [InlineData("::ffff:127.0.0.1")]
    public async Task A_name_that_stands_for_this_machine_is_not_connected_to(string address)
    {
        using var victim = new Listener("127.0.0.1");
        await using var server = await StartAsync(resolver: (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Parse(address)]));
        await using var phone = await ConnectAsync(server, $"https://www.example.com:{victim.Port}/tunnel", "www.example.com");

        var line = await server.Logs.WaitForAsync(static line => line.EventId == 6, TestContext.Current.CancellationToken);

        // To the app, and to whoever reads over its shoulder, it is a closed port.
        Assert.Contains("no connection (ConnectionError)", line.Text, StringComparison.Ordinal);
        Assert.Contains(server.Logs.Lines, static line => line.EventId == 41);
        Assert.Equal(0, victim.Connections);
    }

    [Fact]
    public async Task A_name_that_changes_what_it_stands_for_gains_nothing()
    {
        using var app = new Listener("127.0.0.2");
        using var victim = new Listener("127.0.0.1", app.Port);
        var lookups = 0;
        await using var server = await StartAsync(
            static options => options.ReceiveNetworks.Add("127.0.0.2/32"),
            (_, _) => Task.FromResult<IPAddress[]>(Interlocked.Increment(ref lookups) == 1 ? [IPAddress.Parse("127.0.0.1"), IPAddress.Parse("127.0.0.2")] : [IPAddress.Loopback]));
        await using var phone = await ConnectAsync(server, $"http://www.example.com:{app.Port}/tunnel", "www.example.com");
        await app.NextAsync();
        await phone.SendMessageAsync("{}");

        await server.Logs.WaitForAsync(static line => line.EventId == 41, TestContext.Current.CancellationToken);
        Assert.Equal((1, 0), (app.Connections, victim.Connections));
    }

    [Fact]
    public async Task Plain_HTTP_does_not_leave_the_networks_that_are_named()
    {
        await using var server = await StartAsync(
            static options => options.ReceiveNetworks.Add("127.0.0.2/32"), static (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Parse("1.1.1.1")]));
        await using var phone = await ConnectAsync(server, "http://www.example.com/tunnel", "www.example.com");

        await server.Logs.WaitForAsync(static line => line.EventId == 41, TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task Redirects_are_not_followed(int status)
    {
        using var victim = new Listener("127.0.0.1");
        await using var gateway = await HttpGateway.StartAsync();
        var (phone, _) = await gateway.ConnectAsync();
        gateway.Intercept = context =>
        {
            context.Response.StatusCode = status;
            context.Response.Headers.Location = $"http://127.0.0.1:{victim.Port}/tunnel";
            gateway.Intercept = static _ => Task.FromResult(false);
            return Task.FromResult(true);
        };
        await phone.SendMessageAsync("{}");

        Assert.Equal(1011, await phone.ReadCloseCodeAsync());
        Assert.Equal(0, victim.Connections);
    }

    private static async Task<string> RequestAsync(TestServer server, string receiveUrl, string serverHost)
    {
        var (status, answer) = await server.Client.PostAsync("/get/wsurl", SignedCall.WsUrl(receiveUrl, serverHost: serverHost));
        return string.Create(CultureInfo.InvariantCulture, $"{status} {answer.GetProperty("code").GetInt32()}");
    }

    private static async Task<Phone> ConnectAsync(TestServer server, string receiveUrl, string serverHost)
    {
        var (_, answer) = await server.Client.PostAsync("/get/wsurl", SignedCall.WsUrl(receiveUrl, serverHost: serverHost));
        return await Phone.ConnectAsync(JsonElement.Parse(answer.GetProperty("data").GetString()!).GetProperty("connectUrl").GetString()!);
    }

    private static Task<TestServer> StartAsync(Action<TunnelServerOptions>? configure = null, HostResolver? resolver = null, string environment = "Production") =>
        TestServer.StartAsync(
            builder =>
            {
                if (resolver is not null)
                    builder.Services.AddSingleton(resolver);
                builder.Services.AddTunnelServer(options =>
                {
                    options.SignatureKey = SignedCall.Key;
                    options.DeliveryAttempts = 1;
                    configure?.Invoke(options);
                });
            },
            static app => app.MapTunnelServer(),
            environment: environment);
}
