using System.Diagnostics;
using System.Text.RegularExpressions;
using Weapp.TestKit;
using Weapp.TunnelServer.Tests.Support;

namespace Weapp.TunnelServer.Tests;

/// <summary>The executable, as its own process.</summary>
public sealed class ServerExecutableTests
{
    private const string GoodKey = "c1b0a4f7e35b4d0c8a52f1e9d7b36c48";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("TunnelServer:SignatureKey")]
    [InlineData("TunnelServer:SignatureKey", "--TunnelServer:SignatureKey", "9f338d1f0ecc37d25ac7b161c1d7bf72")]
    [InlineData("TunnelServer:Clients:www.qcloud.la", "--TunnelServer:Clients:www.qcloud.la", "my$ecretkey")]
    [InlineData("TunnelServer:AlternateSignatureKey", "--TunnelServer:SignatureKey", GoodKey, "--TunnelServer:AlternateSignatureKey", "my$ecretkey")]
    [InlineData("TunnelServer:AlternateClients:a.example", "--TunnelServer:Clients:a.example", GoodKey, "--TunnelServer:AlternateClients:a.example", "my$ecretkey")]
    [InlineData("Management:Url", "--TunnelServer:SignatureKey", GoodKey, "--Management:Url", "over there")]
    [InlineData("TunnelServer:Enabled", "--TunnelServer:Enabled", "false")]
    [InlineData("TunnelServer:Enabled", "--TunnelServer:Enabled", "maybe")]
    [InlineData("TunnelServer:PingInterval", "--TunnelServer:SignatureKey", GoodKey, "--TunnelServer:PingInterval", "0")]
    [InlineData("TunnelServer:PingInterval", "--TunnelServer:SignatureKey", GoodKey, "--TunnelServer:PingInterval", "soon")]
    [InlineData("'here'", "--TunnelServer:SignatureKey", GoodKey, "--urls", "here")]
    [InlineData("SessionServer:ConnectionString", "--TunnelServer:Enabled", "false", "--urls", "http://127.0.0.1:0", "--SessionServer:WeChat:Mode", "Development", "--SessionServer:ConnectionString", "Data Source=/dev/null/sessions.db")]
    public async Task What_is_wrong_with_the_configuration_is_said_in_one_line(string named, params string[] arguments)
    {
        using var server = Start(arguments);
        var error = await server.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken).WaitAsync(Phone.Deadline, TestContext.Current.CancellationToken);
        await server.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(1, server.ExitCode);
        Assert.StartsWith("Weapp.Server does not start: ", error, StringComparison.Ordinal);
        Assert.Contains(named, error, StringComparison.Ordinal);
        Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.DoesNotContain(arguments, argument => !argument.StartsWith('-') && argument.Length > 5 && error.Contains(argument, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("--TunnelServer:SignatureKey", GoodKey)]
    [InlineData("--environment", "Development")]
    [InlineData("--environment", "Development", "--TunnelServer:SignatureKey", "my$ecretkey")]
    public async Task It_serves_what_it_says(params string[] arguments)
    {
        using var server = Start([.. arguments, "--urls", "http://127.0.0.1:0"]);
        try
        {
            var address = await AddressAsync(server);
            using var client = new HttpClient { BaseAddress = address };
            foreach (var path in new[] { "/health/live", "/health/ready" })
                Assert.Equal("Healthy", await client.GetStringAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken));
            var (status, answer) = await client.PostAsync("/ws/push", SignedCall.Push(["x"], "{}"));
            Assert.Equal((400, 9003), (status, answer.GetProperty("code").GetInt32()));
            foreach (var path in new[] { "/", "/get/tunnels", "/debug", "/mina_auth/" })
                Assert.Equal(404, (int)(await client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken)).StatusCode);
        }
        finally
        {
            server.Kill();
        }
    }

    [Fact]
    public async Task It_says_what_it_serves_what_it_will_not_do_and_which_settings_nobody_reads()
    {
        await using var server = (await ProcessServer.StartAsync(
            "src/Weapp.Server",
            [$"--TunnelServer:SignatureKey={GoodKey}", "--TunnelServer:PinInterval=5", "--TunnelServer:Nonsense=1", $"--TunnelServer:Clients:localhost:5080={GoodKey}", "--SessionServer:WeChat:Mod=Development", "--SessionServer:WeChat:Mode=Development", "--Logging:LogLevel:Weapp=Information"],
            Token)).Secret(GoodKey);
        await server.WaitForAsync("insist on HMAC signatures", Token);
        var output = server.Tail();
        foreach (var line in (string[])
        [
            "TunnelServer:PinInterval is no setting and has no effect; did you mean PingInterval?",
            "TunnelServer:Nonsense is no setting and has no effect",
            "TunnelServer:Clients:localhost:5080 is no setting and has no effect",
            "SessionServer:WeChat:Mod is no setting and has no effect; did you mean Mode?",
            "Session server on http://127.0.0.1:",
            "/metrics for this machine only",
            "What it will not do: share tunnels with other nodes",
            "What it will not do: speak TLS",
            "What it will not do: send events into private networks",
            "What it will not do: look at who asks for sessions",
        ])
            Assert.Contains(line, output, StringComparison.Ordinal);
        Assert.DoesNotContain("keep sessions", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_word_about_addresses_it_listens_to_this_machine_alone()
    {
        // In a network of its own, where nobody else has the port.
        var listening = new Inbox<string>();
        await using var server = ChildProcess.Start(
            "unshare",
            ["--net", "sh", "-c", "ip link set lo up && exec dotnet \"$0\" \"$@\"", Repository.Executable("src/Weapp.Server"), "--TunnelServer:Enabled=false", "--SessionServer:WeChat:Mode=Development", "--SessionServer:Store=Memory"],
            listening.Add);

        await listening.TakeAsync(static line => line.Contains("Now listening on: ", StringComparison.Ordinal), "it to listen", server.Tail, Token);
        await listening.TakeAsync(static line => line.Contains("Application started", StringComparison.Ordinal), "it to have started", server.Tail, Token);
        Assert.EndsWith("Now listening on: http://127.0.0.1:5081", Assert.Single(server.Output, static line => line.Contains("Now listening on: ", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wherever_it_is_started_it_does_not_log_each_request()
    {
        await using var server = await ProcessServer.StartAsync("src/Weapp.Server", [$"--TunnelServer:SignatureKey={GoodKey}", $"--contentRoot={Path.GetTempPath()}"], Token);
        using var client = new HttpClient { BaseAddress = server.Address };
        await client.GetStringAsync(new Uri("/health/live", UriKind.Relative), Token);
        server.Terminate();
        Assert.Equal(0, await server.Exited);
        Assert.DoesNotContain("Microsoft.AspNetCore", server.Tail(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("-h")]
    public async Task Help_names_settings_that_exist(string argument)
    {
        using var server = Start([argument]);
        var text = await server.StandardOutput.ReadToEndAsync(Token).WaitAsync(Phone.Deadline, Token);
        await server.WaitForExitAsync(Token);
        Assert.Equal(0, server.ExitCode);
        var names = Regex.Matches(text, "--TunnelServer:([A-Za-z]+)").Select(static match => match.Groups[1].Value).Where(static name => name != "Enabled").ToList();
        Assert.NotEmpty(names);
        Assert.All(names, static name => Assert.NotNull(typeof(TunnelServerOptions).GetProperty(name)));
    }

    [Fact]
    public async Task Metrics_are_for_this_machine_unless_they_have_an_address_of_their_own()
    {
        await using var server = await ProcessServer.StartAsync("src/Weapp.Server", [$"--TunnelServer:SignatureKey={GoodKey}"], Token);
        using var client = new HttpClient { BaseAddress = server.Address };
        await client.PostAsync("/ws/push", SignedCall.Push(["x"], "{}"));
        var metrics = await client.GetStringAsync(new Uri("/metrics", UriKind.Relative), Token);
        Assert.Contains("weapp_tunnel_server_calls", metrics, StringComparison.Ordinal);
        Assert.Contains("kestrel_", metrics, StringComparison.Ordinal);
        // A proxy on this machine that passes everything on.
        foreach (var (name, value) in new[] { ("X-Forwarded-For", "203.0.113.7"), ("X-Real-IP", "203.0.113.7"), ("Forwarded", "for=203.0.113.7"), ("Via", "1.1 proxy") })
        {
            client.DefaultRequestHeaders.Clear();
            client.DefaultRequestHeaders.Add(name, value);
            Assert.Equal(404, (int)(await client.GetAsync(new Uri("/metrics", UriKind.Relative), Token)).StatusCode);
            Assert.Equal(200, (int)(await client.GetAsync(new Uri("/health/ready", UriKind.Relative), Token)).StatusCode);
        }
    }

    [Fact]
    public async Task The_management_address_serves_health_and_metrics_and_nothing_else_does()
    {
        var management = 0;
        await using var server = await ProcessServer.StartAsync(
            "src/Weapp.Server",
            _ => [$"--TunnelServer:SignatureKey={GoodKey}", $"--Management:Url=http://127.0.0.1:{management = FreePort.Find()}"],
            Token);
        using var client = new HttpClient();
        foreach (var path in (string[])["/health/live", "/health/ready", "/metrics"])
        {
            Assert.Equal(200, await StatusAsync(management, path, host: null));
            Assert.Equal(404, await StatusAsync(server.Address.Port, path, host: null));
            Assert.Equal(404, await StatusAsync(server.Address.Port, path, host: $"127.0.0.1:{management}"));
        }

        Assert.Equal(404, await StatusAsync(management, "/ws/x", host: $"127.0.0.1:{server.Address.Port}"));
        Assert.Equal(400, await StatusAsync(server.Address.Port, "/ws/x", host: null));

        async Task<int> StatusAsync(int port, string path, string? host)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{port}{path}");
            request.Headers.Host = host;
            return (int)(await client.SendAsync(request, Token)).StatusCode;
        }
    }

    [Fact]
    public async Task It_is_not_ready_while_the_session_store_is_away()
    {
        await using var redis = await RedisServer.StartAsync(Token);
        await using var server = await ProcessServer.StartAsync(
            "src/Weapp.Server", ["--TunnelServer:Enabled=false", "--SessionServer:WeChat:Mode=Development", "--SessionServer:Store=Redis", $"--SessionServer:Redis={redis.Address}"], Token);
        server.ExpectError(static line => line.Contains("HealthChecks", StringComparison.Ordinal));
        using var client = new HttpClient { BaseAddress = server.Address };
        await UntilAsync(200);
        await redis.KillAsync();
        await UntilAsync(503);
        await redis.RestartAsync(Token);
        await UntilAsync(200);

        Task UntilAsync(int status) => Condition.UntilAsync(
            async () => (int)(await client.GetAsync(new Uri("/health/ready", UriKind.Relative), Token)).StatusCode == status, () => $"readiness to be {status}", Token);
    }

    private static async Task<Uri> AddressAsync(Process server)
    {
        using var deadline = new CancellationTokenSource(Phone.Deadline);
        while (await server.StandardOutput.ReadLineAsync(deadline.Token) is { } line)
        {
            const string Start = "Tunnel server on ";
            var at = line.IndexOf(Start, StringComparison.Ordinal);
            if (at >= 0)
                return new Uri(line[(at + Start.Length)..line.IndexOf(": POST", StringComparison.Ordinal)]);
        }

        throw new InvalidOperationException(await server.StandardError.ReadToEndAsync(deadline.Token));
    }

    private static Process Start(string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Weapp.Server.dll"), .. arguments])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        foreach (var name in start.Environment.Keys.Where(static name => name.StartsWith("ASPNETCORE_", StringComparison.Ordinal) || name.StartsWith("DOTNET_ENV", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
        return Process.Start(start)!;
    }
}
