using Weapp.Protocol.Packets;
using Weapp.Protocol.Tunnels;
using Weapp.TunnelServer.Tests.Support;

namespace Weapp.TunnelServer.Tests;

/// <summary>An app that fails: what is tried again, and what happens when that does not help.</summary>
public sealed class DeliveryTests
{
    private static readonly double[] Pauses = [0.5, 1, 2, 4, 8, 15, 30, 60, 60, 60, 60];

    private readonly TestClock _clock = new();

    [Theory]
    [InlineData(EventReceipt.Failed)]
    [InlineData(EventReceipt.TimedOut)]
    public async Task An_app_that_fails_gets_the_event_again_and_the_others_after_it(EventReceipt failure)
    {
        await using var gateway = await StartAsync();
        var failures = 3;
        gateway.App.Handle = (seen, _) => ValueTask.FromResult(
            seen.Content.Contains("first", StringComparison.Ordinal) && failures-- > 0 ? failure : EventReceipt.Accepted);
        var (phone, id) = await gateway.ConnectAsync();
        await phone.SendMessageAsync("""{"type":"first"}""");
        await phone.SendMessageAsync("""{"type":"second"}""");
        for (var i = 0; i < 3; i++)
        {
            Assert.Contains("first", (await gateway.App.NextAsync(PacketType.Message)).Content, StringComparison.Ordinal);
            await phone.PingAsync();
            await _clock.RunNextTimerAsync();
        }

        await gateway.App.NextAsync(PacketType.Message);
        await gateway.App.NextAsync(PacketType.Message);
        Assert.Equal(["Connect", """message {"type":"first"}""", """message {"type":"second"}"""], gateway.App.AcceptedOf(id));
        Assert.Single(gateway.Server.Logs.Lines, static line => line.Category == "Weapp.TunnelServer" && line.EventId.Id == 3);
        Assert.DoesNotContain(gateway.Server.Logs.Lines, static line => line.Category == "Weapp.TunnelServer" && line.EventId.Id == 4);

        // Only once it has gone well for a while.
        _clock.Advance(TimeSpan.FromSeconds(10));
        await phone.SendMessageAsync("""{"type":"third"}""");
        await gateway.App.NextAsync(PacketType.Message);
        await gateway.Server.Logs.WaitForAsync(static line => line.Category == "Weapp.TunnelServer" && line.EventId.Id == 4, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task After_the_last_attempt_the_phone_is_told_to_come_back_and_the_app_gets_its_close_event_once_it_can()
    {
        await using var gateway = await StartAsync();
        var away = true;
        var (phone, id) = await gateway.ConnectAsync();
        gateway.App.Handle = (_, _) => ValueTask.FromResult(away ? EventReceipt.Failed : EventReceipt.Accepted);
        await phone.SendMessageAsync("""{"type":"lost"}""");
        await phone.SendMessageAsync("""{"type":"lost too"}""");
        foreach (var pause in Pauses)
        {
            await gateway.App.NextAsync(PacketType.Message);
            Assert.InRange((await _clock.RunNextTimerAsync()).TotalSeconds, pause * 0.8, pause * 1.2);
        }

        await gateway.App.NextAsync(PacketType.Message);
        Assert.Equal(1013, await phone.ReadCloseCodeAsync());
        Assert.Equal([id], await gateway.PushAsync("{}", id));
        await gateway.App.NextAsync(PacketType.Close);
        away = false;

        // The first timer was the one that bounds the phone's goodbye.
        await _clock.RunNextTimerAsync();
        await _clock.RunNextTimerAsync();
        await gateway.App.NextAsync(PacketType.Close);
        Assert.Equal(["Connect", "Close"], gateway.App.AcceptedOf(id));
    }

    [Fact]
    public async Task A_close_event_that_nobody_takes_is_given_up_in_the_end()
    {
        await using var gateway = await StartAsync(2);
        var (phone, _) = await gateway.ConnectAsync();
        gateway.App.Handle = static (_, _) => ValueTask.FromResult(EventReceipt.Failed);
        phone.Reset();
        await gateway.App.NextAsync(PacketType.Close);
        await _clock.RunNextTimerAsync();
        await gateway.App.NextAsync(PacketType.Close);
        await gateway.Server.Logs.WaitForAsync(static line => line.EventId.Id == 6 && line.Category == "Weapp.TunnelServer", TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_receiver_that_throws_loses_the_tunnel_and_not_the_server()
    {
        await using var gateway = await StartAsync();
        gateway.App.Handle = static (seen, _) => seen.Content.Contains("bad", StringComparison.Ordinal)
            ? throw new NotSupportedException("secret text")
            : ValueTask.FromResult(EventReceipt.Accepted);
        gateway.Server.Secret("secret text");
        var (phone, id) = await gateway.ConnectAsync();
        await phone.SendMessageAsync("""{"type":"bad"}""");
        Assert.Equal(1011, await phone.ReadCloseCodeAsync());
        await gateway.App.NextAsync(PacketType.Close);
        Assert.Equal(["Connect", "Close"], gateway.App.AcceptedOf(id));
        var (next, _) = await gateway.ConnectAsync();
        await next.PingAsync();
    }

    private Task<Gateway> StartAsync(int? attempts = null) => Gateway.StartAsync(
        options =>
        {
            options.IdleTimeout = TimeSpan.FromHours(24);
            options.DeliveryAttempts = attempts ?? options.DeliveryAttempts;
        },
        _clock);
}
