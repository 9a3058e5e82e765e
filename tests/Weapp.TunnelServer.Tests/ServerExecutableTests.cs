using System.Diagnostics;
using Weapp.TunnelServer.Tests.Support;

namespace Weapp.TunnelServer.Tests;

/// <summary>The executable, as its own process.</summary>
public sealed class ServerExecutableTests
{
    private const string GoodKey = "c1b0a4f7e35b4d0c8a52f1e9d7b36c48";

    [Theory]
    [InlineData("TunnelServer:SignatureKey")]
    [InlineData("TunnelServer:SignatureKey", "--TunnelServer:SignatureKey", "9f338d1f0ecc37d25ac7b161c1d7bf72")]
    [InlineData("TunnelServer:Clients:www.qcloud.la", "--TunnelServer:Clients:www.qcloud.la", "my$ecretkey")]
    [InlineData("TunnelServer:PingInterval", "--TunnelServer:SignatureKey", GoodKey, "--TunnelServer:PingInterval", "0")]
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
        }
        finally
        {
            server.Kill();
        }
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
