using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Weapp.Runtime.Tests.Support;

namespace Weapp.Runtime.Tests;

/// <summary>The app's health checks know of the servers that it needs.</summary>
public sealed class HealthCheckTests
{
    [Fact]
    public async Task Embedded_servers_are_well()
    {
        await using var app = await StartAsync();

        Assert.Equal((HttpStatusCode.OK, "Healthy"), await HealthOf(app));
    }

    [Fact]
    public async Task Servers_outside_are_asked()
    {
        await using var tunnels = await StartAsync();
        var address = tunnels.Server.Client.BaseAddress!;
        await using var app = await StartAsync(options =>
        {
            options.TunnelServerUrl = address.ToString();
            options.ServerHost = "chat.example";
        });

        Assert.Equal((HttpStatusCode.OK, "Healthy"), await HealthOf(app));

        await tunnels.DisposeAsync();
        app.Server.ExpectError(static line => line.Category.EndsWith("HealthCheckService", StringComparison.Ordinal));
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "Unhealthy"), await HealthOf(app));
        var report = await app.Server.Service<HealthCheckService>().CheckHealthAsync(TestContext.Current.CancellationToken);
        Assert.Equal("The tunnel server cannot be reached.", report.Entries["weapp"].Description);
    }

    private static Task<ChatApp> StartAsync(Action<WeappOptions>? options = null) => ChatApp.StartAsync<SendingHandler>(
        options,
        configure: static builder => builder.Services.AddHealthChecks().AddWeapp(),
        map: static app => app.MapHealthChecks("/health"));

    private static async Task<(HttpStatusCode, string)> HealthOf(ChatApp app)
    {
        var answer = await app.SendAsync(new HttpRequestMessage(HttpMethod.Get, "/health"));
        return (answer.Status, answer.Text);
    }
}
