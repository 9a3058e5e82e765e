using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Weapp.Runtime.Tests.Support;
using Weapp.TestKit;

namespace Weapp.Runtime.Tests;

/// <summary>What is missing or wrong shows when the app starts, with its name.</summary>
public sealed class StartTests
{
    private static Dictionary<string, string?> Remote => new()
    {
        ["Weapp:ServerHost"] = "www.example.com",
        ["Weapp:TunnelServerUrl"] = "https://ws.example.com/",
        ["Weapp:TunnelSignatureKey"] = SignedEvent.Key,
    };

    [Theory]
    [InlineData("ServerHost", null)]
    [InlineData("ServerHost", "")]
    [InlineData("ServerHost", "https://www.example.com/")]
    [InlineData("ServerHost", "www.example.com/app")]
    [InlineData("ServerHost", "user@www.example.com")]
    [InlineData("ServerHost", "www.example.com?x")]
    [InlineData("TunnelSignatureKey", null)]
    [InlineData("TunnelSignatureKey", "")]
    [InlineData("TunnelSignatureKey", "  ")]
    [InlineData("TunnelSignatureKey", "fifteen letters")]
    [InlineData("TunnelAlternateSignatureKey", "")]
    [InlineData("TunnelAlternateSignatureKey", "fifteen letters")]
    [InlineData("TunnelSignatureMode", "7")]
    [InlineData("TunnelServerUrl", "http://ws.example.com")]
    [InlineData("TunnelServerUrl", "http://93.184.216.34:5081")]
    [InlineData("TunnelServerUrl", "ws.example.com")]
    [InlineData("TunnelServerUrl", "ftp://ws.example.com")]
    [InlineData("TunnelServerUrl", "wss://ws.example.com")]
    [InlineData("TunnelServerUrl", "https://ws.example.com/?a=b")]
    [InlineData("AuthServerUrl", "/mina_auth/")]
    [InlineData("PublicUrl", "www.example.com")]
    [InlineData("PublicUrl", "https://www.example.com/?a=b")]
    [InlineData("PublicUrl", "https://www.example.com/#x")]
    [InlineData("NetworkProxy", "proxy")]
    [InlineData("NetworkTimeout", "00:00:00")]
    [InlineData("NetworkTimeout", "-00:00:01")]
    [InlineData("NetworkTimeout", "01:00:00")]
    [InlineData("MaxEventBytes", "0")]
    [InlineData("MaxEventBytes", "1000000000")]
    public async Task A_wrong_or_missing_key_is_named(string key, string? value)
    {
        var settings = Remote;
        await using (await StartAsync(settings))
        {
        }

        settings[$"Weapp:{key}"] = value;
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync(settings));

        Assert.StartsWith($"Weapp:{key} ", Assert.Single(failure.Failures), StringComparison.Ordinal);
        Assert.DoesNotContain(SignedEvent.Key, failure.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Production", "http://127.0.0.1:5081")]
    [InlineData("Production", "http://localhost:5081")]
    [InlineData("Production", "http://10.0.0.1:5081")]
    [InlineData("Production", "http://[fd00::1]:5081")]
    [InlineData("Production", "http://tunnel-server:5081")]
    [InlineData("Production", "http://ws.example.com", "HmacOnly")]
    [InlineData("Development", "http://ws.example.com")]
    [InlineData("Development", "http://ws.example.com", "Both", "short")]
    public async Task The_key_may_travel_where_no_stranger_is(string environment, string tunnelServerUrl, string mode = "Both", string key = SignedEvent.Key)
    {
        var settings = Remote;
        settings["Weapp:TunnelServerUrl"] = tunnelServerUrl;
        settings["Weapp:TunnelSignatureMode"] = mode;
        settings["Weapp:TunnelSignatureKey"] = key;
        await using var server = await StartAsync(settings, environment: environment);
    }

    [Theory]
    [InlineData("NetworkTimeout", "soon")]
    [InlineData("MaxEventBytes", "many")]
    [InlineData("TunnelCheckSignature", "maybe")]
    public async Task A_value_of_another_kind_is_named(string key, string value)
    {
        var settings = Remote;
        settings[$"Weapp:{key}"] = value;

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => StartAsync(settings));

        Assert.Contains($"Weapp:{key}", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_key_is_named_where_nothing_is_mapped()
    {
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => TestServer.StartAsync(
            static builder => builder.Services.AddWeapp(static options => options.TunnelServerUrl = "nowhere"), static _ => { }));

        Assert.Contains(failure.Failures, static message => message.StartsWith("Weapp:TunnelServerUrl ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_app_without_any_tunnel_server_is_told_both_ways_to_get_one()
    {
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => StartAsync([]));

        Assert.Contains("Weapp:TunnelServerUrl is missing", failure.Message, StringComparison.Ordinal);
        Assert.Contains("AddTunnelServer", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_app_that_checks_logins_needs_a_session_server()
    {
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(
            () => StartAsync(Remote, map: static app => app.MapWeappTunnel<RecordingHandler>("/tunnel", static options => options.CheckLogin = true)));

        Assert.Contains("Weapp:AuthServerUrl is missing", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_handler_that_was_not_added_is_named()
    {
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(
            () => StartAsync(Remote, map: static app => app.MapWeappTunnel<ChattyHandler>("/tunnel")));

        Assert.Contains("AddHandler<ChattyHandler>()", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_handler_needs_some_time()
    {
        var failure = await Assert.ThrowsAsync<ArgumentException>(
            () => StartAsync(Remote, map: static app => app.MapWeappTunnel<RecordingHandler>("/tunnel", static options => options.HandlerTimeout = TimeSpan.Zero)));

        Assert.Contains("HandlerTimeout", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Mapping_without_services_says_what_to_call()
    {
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(
            () => TestServer.StartAsync(static _ => { }, static app => app.MapWeappTunnel<RecordingHandler>("/tunnel")));

        Assert.Contains("AddWeapp", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Options_come_from_configuration_and_code()
    {
        var settings = Remote;
        settings["Weapp:AuthServerUrl"] = "http://auth.example.com/mina_auth/";
        settings["Weapp:TunnelCheckSignature"] = "false";
        settings["Weapp:NetworkTimeout"] = "00:00:05";
        settings["Weapp:NetworkProxy"] = "http://10.0.0.1:3128";
        settings["Weapp:PublicUrl"] = "https://www.example.com:8443";
        settings["Weapp:MaxEventBytes"] = "65536";
        await using var server = await StartAsync(settings, static services => services.AddWeapp(static options => options.ServerHost = "from.code.example.com"));

        var options = server.Service<IOptions<WeappOptions>>().Value;

        Assert.Equal("from.code.example.com", options.ServerHost);
        Assert.Equal("https://ws.example.com/", options.TunnelServerUrl);
        Assert.Equal(SignedEvent.Key, options.TunnelSignatureKey);
        Assert.Equal("http://auth.example.com/mina_auth/", options.AuthServerUrl);
        Assert.False(options.TunnelCheckSignature);
        Assert.Equal(TimeSpan.FromSeconds(5), options.NetworkTimeout);
        Assert.Equal("http://10.0.0.1:3128", options.NetworkProxy);
        Assert.Equal("https://www.example.com:8443", options.PublicUrl);
        Assert.Equal(65536, options.MaxEventBytes);
    }

    [Fact]
    public void The_defaults_are_as_written_down()
    {
        var options = new WeappOptions();
        var endpoint = new TunnelEndpointOptions();

        Assert.Equal((true, TimeSpan.FromSeconds(30), 512 * 1024), (options.TunnelCheckSignature, options.NetworkTimeout, options.MaxEventBytes));
        Assert.Equal(
            (false, TunnelAcknowledge.AfterHandler, TimeSpan.FromSeconds(10), false),
            (endpoint.CheckLogin, endpoint.Acknowledge, endpoint.HandlerTimeout, endpoint.ReportHandlerFailure));
    }

    [Fact]
    public async Task A_handler_added_twice_keeps_its_first_lifetime()
    {
        await using var app = await ChatApp.StartAsync<ChattyHandler>(configure: static builder =>
        {
            builder.Services.AddScoped<EventScope>();
            builder.Services.AddWeapp(static _ => { }).AddHandler<ChattyHandler>(ServiceLifetime.Singleton);
        });

        await app.SayAsync("t1", "scope", "1");

        Assert.Equal("scope ends", app.Journal.All.Last());
    }

    private static Task<TestServer> StartAsync(
        Dictionary<string, string?> settings,
        Action<IServiceCollection>? configure = null,
        Action<WebApplication>? map = null,
        string environment = "Production") => TestServer.StartAsync(
        builder =>
        {
            builder.Configuration.AddInMemoryCollection(settings);
            builder.Services.AddSingleton<Journal>();
            builder.Services.AddWeapp(builder.Configuration.GetSection("Weapp")).AddHandler<RecordingHandler>();
            configure?.Invoke(builder.Services);
        },
        map ?? (static app => app.MapWeappTunnel<RecordingHandler>("/tunnel")),
        environment: environment);
}
