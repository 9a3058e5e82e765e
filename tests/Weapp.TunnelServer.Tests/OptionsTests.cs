using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Weapp.TestKit;

namespace Weapp.TunnelServer.Tests;

public sealed class OptionsTests
{
    [Theory]
    [InlineData("PublicUrl", "ws.example.com")]
    [InlineData("PublicUrl", "ftp://ws.example.com")]
    [InlineData("PublicUrl", "https://ws.example.com/?a=1")]
    [InlineData("SignatureKey", "")]
    [InlineData("Clients:www.example.com", "")]
    [InlineData("SignatureKey", "fifteen letters")]
    [InlineData("Clients:www.example.com", "fifteen letters")]
    [InlineData("AlternateSignatureKey", "a key that nothing goes with")]
    [InlineData("AlternateClients:www.example.com", "a key that nothing goes with")]
    [InlineData("ReceiveHosts:0", "https://www.example.com", "ReceiveHosts")]
    [InlineData("ReceiveNetworks:0", "10.0.0.0", "ReceiveNetworks")]
    [InlineData("PingInterval", "00:00:00")]
    [InlineData("IdleTimeout", "00:00:10")]
    [InlineData("TicketLifetime", "-00:00:01")]
    [InlineData("MaxFrameBytes", "10")]
    [InlineData("SendQueueBytes", "0")]
    [InlineData("EventQueueLength", "0")]
    [InlineData("DeliveryTimeout", "00:00:00")]
    [InlineData("DeliveryAttempts", "0")]
    [InlineData("MaxPushBytes", "-1")]
    [InlineData("MaxPushBytes", "30000000")]
    [InlineData("PushBytesPerSecond", "1024")]
    [InlineData("MaxFragments", "0")]
    [InlineData("FramesPerSecond", "0")]
    [InlineData("FrameBurst", "-1")]
    [InlineData("SendQueueFrames", "0")]
    [InlineData("SendTimeout", "00:00:00")]
    [InlineData("SocketSendBufferBytes", "100")]
    [InlineData("EventQueueBytes", "1")]
    [InlineData("AllowedOrigins:0", "www.example.com", "AllowedOrigins")]
    [InlineData("AllowedOrigins:0", "https://www.example.com/page", "AllowedOrigins")]
    [InlineData("AppIds:0", "wx/1", "AppIds")]
    [InlineData("WrongTicketsPerSecond", "0")]
    [InlineData("WrongTicketBurst", "0")]
    [InlineData("Redis", "10.0.0.20:6379")]
    [InlineData("Redis", "127.0.0.1:6379,redis.example.com:6379,ssl=true")]
    [InlineData("Redis", "redis,password=")]
    [InlineData("Redis", "")]
    [InlineData("RedisKeyPrefix", "")]
    [InlineData("NodeLease", "00:00:00.5")]
    [InlineData("SignatureMode", "9")]
    [InlineData("DeliveriesPerApp", "0")]
    [InlineData("AppQueueBytes", "1024")]
    [InlineData("DrainRate", "0")]
    [InlineData("DrainTimeout", "00:00:00")]
    public async Task A_wrong_value_stops_the_start_and_is_named(string key, string value, string? named = null)
    {
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync((key, value)));
        Assert.StartsWith($"TunnelServer:{named ?? key} ", error.Failures.First(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("redis.example.com:6379,password=a secret of the nodes", false)]
    [InlineData("127.0.0.1:1", false)]
    [InlineData("localhost:1,[::1]:2", false)]
    [InlineData("10.0.0.20:6379", true)]
    public async Task A_Redis_with_a_password_or_here_or_as_the_configuration_says_will_do(string redis, bool allowOpen)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = "Production" });
        builder.Services.AddTunnelServer(options => (options.Redis, options.AllowOpenRedis) = (redis, allowOpen));
        await using var app = builder.Build();
        Assert.Equal(redis, app.Services.GetRequiredService<IOptions<TunnelServerOptions>>().Value.Redis);
    }

    [Fact]
    public async Task Values_come_from_the_section()
    {
        await using var server = await StartAsync(
            ("PublicUrl", "https://ws.example.com"), ("Clients:www.example.com", "the first key of this test, long enough"), ("SignatureKey", "the second key of this test, long enough"), ("PingInterval", "00:00:05"));
        var options = server.Service<IOptions<TunnelServerOptions>>().Value;
        Assert.Equal("https://ws.example.com", options.PublicUrl);
        Assert.Equal("the first key of this test, long enough", options.Clients["www.example.com"]);
        Assert.Equal("the second key of this test, long enough", options.SignatureKey);
        Assert.Equal(TimeSpan.FromSeconds(5), options.PingInterval);
    }

    [Fact]
    public async Task A_key_that_is_none_too_long_is_named_and_not_shown()
    {
        const string Key = "twenty characters ok";
        await using var server = await StartAsync(("SignatureKey", Key), ("Clients:www.example.com", Key), ("Clients:good.example.com", Key + Key));
        server.Secret(Key);

        var warnings = server.Logs.Lines.Where(static line => line.EventId == 43).Select(static line => line.Text).ToList();
        Assert.Equal(2, warnings.Count);
        Assert.Contains(warnings, static line => line.Contains("TunnelServer:SignatureKey", StringComparison.Ordinal));
        Assert.Contains(warnings, static line => line.Contains("TunnelServer:Clients:www.example.com", StringComparison.Ordinal));
    }

    private static Task<TestServer> StartAsync(params (string Key, string Value)[] values) => TestServer.StartAsync(
        builder =>
        {
            builder.Configuration.AddInMemoryCollection(values.Select(static value => KeyValuePair.Create($"TunnelServer:{value.Key}", (string?)value.Value)));
            builder.Services.AddTunnelServer(builder.Configuration.GetSection("TunnelServer"));
        },
        static app => app.MapTunnelServer());
}
