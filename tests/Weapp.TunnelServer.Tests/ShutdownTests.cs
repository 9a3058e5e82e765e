using Weapp.Protocol.Packets;
using Weapp.Protocol.Tunnels;
using Weapp.TunnelServer.Tests.Support;

namespace Weapp.TunnelServer.Tests;

public sealed class ShutdownTests
{
    [Fact]
    public async Task Phones_are_told_to_come_back_and_the_app_gets_everything_that_waits()
    {
        await using var gateway = await Gateway.StartAsync();
        var busy = new TaskCompletionSource();
        var (first, firstId) = await gateway.ConnectAsync();
        var (second, secondId) = await gateway.ConnectAsync();
        gateway.App.Handle = async (_, _) =>
        {
            await busy.Task;
            return EventReceipt.Accepted;
        };
        for (var i = 0; i < 3; i++)
            await first.SendMessageAsync($$"""{"type":"{{i}}"}""");
        await first.PingAsync();

        var stopping = gateway.Server.StopAsync();
        Assert.Equal(1001, await first.ReadCloseCodeAsync());
        Assert.Equal(1001, await second.ReadCloseCodeAsync());
        Assert.Equal([firstId, secondId], await gateway.PushAsync("{}", firstId, secondId));
        await Assert.ThrowsAsync<InvalidOperationException>(gateway.RequestAsync);
        busy.SetResult();
        await stopping.WaitAsync(Phone.Deadline, TestContext.Current.CancellationToken);
        Assert.Equal(
            ["Connect", """message {"type":"0"}""", """message {"type":"1"}""", """message {"type":"2"}""", "Close"], gateway.App.AcceptedOf(firstId));
        Assert.Equal(["Connect", "Close"], gateway.App.AcceptedOf(secondId));
    }

    [Fact]
    public async Task A_pause_before_the_next_attempt_is_cut_short()
    {
        var clock = new TestClock();
        await using var gateway = await Gateway.StartAsync(time: clock);
        var (phone, id) = await gateway.ConnectAsync();
        var away = true;
        gateway.App.Handle = (_, _) => ValueTask.FromResult(away ? EventReceipt.Failed : EventReceipt.Accepted);
        await phone.SendMessageAsync("{}");
        for (var pause = 0; pause < 3; pause++)
        {
            await gateway.App.NextAsync(PacketType.Message);
            await clock.RunNextTimerAsync();
        }

        // The next one would be of four seconds; and where the attempt after it fails as well, one of eight.
        await gateway.App.NextAsync(PacketType.Message);
        await clock.NextTimerAsync();
        var stopping = gateway.Server.StopAsync();
        await gateway.App.NextAsync(PacketType.Message);
        away = false;
        TimeSpan time;
        do
            time = await clock.NextTimerAsync();
        while (time >= TimeSpan.FromSeconds(10));
        Assert.Equal(TimeSpan.FromSeconds(1), time);
        clock.Advance(time);
        Assert.Equal(1001, await phone.ReadCloseCodeAsync());
        await stopping.WaitAsync(Phone.Deadline, TestContext.Current.CancellationToken);
        Assert.Equal(["Connect", "message {}", "Close"], gateway.App.AcceptedOf(id));
    }

    [Fact]
    public async Task The_hosts_patience_bounds_the_wait()
    {
        await using var gateway = await Gateway.StartAsync(time: new TestClock());
        var (phone, _) = await gateway.ConnectAsync();
        gateway.App.Handle = static async (_, cancellationToken) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            return EventReceipt.Accepted;
        };
        phone.Reset();
        using var patience = new CancellationTokenSource();
        var stopping = gateway.Server.App.StopAsync(patience.Token);
        await gateway.Server.Logs.WaitForAsync(static line => line.Category == "Weapp.TunnelServer" && line.EventId.Id == 7, TestContext.Current.CancellationToken);
        await patience.CancelAsync();
        await gateway.Server.Logs.WaitForAsync(static line => line.Category == "Weapp.TunnelServer" && line.EventId.Id == 8, TestContext.Current.CancellationToken);
        await Record.ExceptionAsync(() => stopping);
    }
}
