using System.IO.Compression;
using Weapp.Runtime.Tests.Support;

namespace Weapp.Runtime.Tests;

/// <summary>Calls to the tunnel server that fail: each kind is told apart, and none tells the key.</summary>
public sealed class OutboundFailureTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(9);

    [Theory]
    [InlineData(500, "{}", TunnelErrorKind.BadStatus, 500, true)]
    [InlineData(503, "", TunnelErrorKind.BadStatus, 503, true)]
    [InlineData(429, "", TunnelErrorKind.BadStatus, 429, true)]
    [InlineData(408, "", TunnelErrorKind.BadStatus, 408, true)]
    [InlineData(400, FakeTunnelServer.Accepted, TunnelErrorKind.BadStatus, 400, false)]
    [InlineData(404, "", TunnelErrorKind.BadStatus, 404, false)]
    [InlineData(302, "", TunnelErrorKind.BadStatus, 302, false)]
    [InlineData(204, "", TunnelErrorKind.BadStatus, 204, false)]
    [InlineData(200, "", TunnelErrorKind.BadAnswer, null, false)]
    [InlineData(200, "<html></html>", TunnelErrorKind.BadAnswer, null, false)]
    [InlineData(200, "null", TunnelErrorKind.BadAnswer, null, false)]
    [InlineData(200, "{}", TunnelErrorKind.BadAnswer, null, false)]
    [InlineData(200, """{"code":"0"}""", TunnelErrorKind.BadAnswer, null, false)]
    [InlineData(200, """{"code":0.5}""", TunnelErrorKind.BadAnswer, null, false)]
    [InlineData(200, """{"code":0,"code":0}""", TunnelErrorKind.BadAnswer, null, false)]
    [InlineData(200, """{"code":0,"data":[]}""", TunnelErrorKind.BadAnswer, null, false)]
    [InlineData(200, """{"code":0,"data":"no json"}""", TunnelErrorKind.BadAnswer, null, false)]
    [InlineData(200, """{"code":9003,"message":"check signature failed"}""", TunnelErrorKind.Refused, 9003, false)]
    [InlineData(200, """{"code":-1}""", TunnelErrorKind.Refused, -1, false)]
    [InlineData(200, """{"code":0,"data":"{}","signature":"0000000000000000000000000000000000000000"}""", TunnelErrorKind.BadSignature, null, false)]
    [InlineData(200, """{"code":0,"data":"{}","signature":7}""", TunnelErrorKind.BadSignature, null, false)]
    public async Task Every_failure_has_its_kind(int status, string body, TunnelErrorKind kind, int? code, bool isTransient)
    {
        await using var tunnels = await FakeTunnelServer.StartAsync(body, status);
        await using var app = await ChatApp.StartAsync<SendingHandler>(tunnels.Serve);

        var failure = await FailAsync(app);

        Assert.Equal((kind, code, isTransient), (failure.Kind, failure.Code, failure.IsTransient));
        Assert.Single(tunnels.Calls);
        Assert.Single(app.Server.Logs.Lines, static line => line is { Category: "Weapp.Outbound", EventId.Id: 200 });
    }

    [Fact]
    public async Task A_refusal_says_what_the_server_said_but_not_the_key()
    {
        await using var tunnels = await FakeTunnelServer.StartAsync($$"""{"code":9003,"message":"{{SignedEvent.Key}} is not your key"}""");
        await using var app = await ChatApp.StartAsync<SendingHandler>(tunnels.Serve);

        Assert.Contains("code 9003 *** is not your key", (await FailAsync(app)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_unreachable()
    {
        var tunnels = await FakeTunnelServer.StartAsync();
        await using var app = await ChatApp.StartAsync<SendingHandler>(tunnels.Serve);
        await tunnels.DisposeAsync();

        var failure = await FailAsync(app);

        Assert.Equal((TunnelErrorKind.Unreachable, true), (failure.Kind, failure.IsTransient));
    }

    [Fact]
    public async Task An_answer_that_breaks_off_is_unreachable()
    {
        await using var tunnels = await FakeTunnelServer.StartAsync(static async context =>
        {
            context.Response.ContentLength = 1000;
            await context.Response.Body.WriteAsync("{\"code\""u8.ToArray());
            await context.Response.Body.FlushAsync();
            context.Abort();
        });
        await using var app = await ChatApp.StartAsync<SendingHandler>(tunnels.Serve);

        Assert.Equal(TunnelErrorKind.Unreachable, (await FailAsync(app)).Kind);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_server_that_does_not_finish_its_answer_times_out(bool begins)
    {
        var clock = new TestClock();
        var hanging = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var tunnels = await FakeTunnelServer.StartAsync(context => FakeTunnelServer.HangAsync(context, begins, hanging));
        await using var app = await ChatApp.StartAsync<SendingHandler>(
            options =>
            {
                tunnels.Serve(options);
                options.NetworkTimeout = Timeout;
            },
            clock: clock);

        var failing = FailAsync(app);
        await hanging.Task.WaitAsync(Limits.Deadline, TestContext.Current.CancellationToken);
        await clock.TimersAsync(Timeout);
        clock.Advance(Timeout - TimeSpan.FromMilliseconds(1));
        Assert.False(failing.IsCompleted);
        clock.Advance(TimeSpan.FromMilliseconds(1));
        var failure = await failing;

        Assert.Equal((TunnelErrorKind.TimedOut, true), (failure.Kind, failure.IsTransient));
    }

    [Fact]
    public async Task An_answer_without_end_is_read_no_further_than_the_limit()
    {
        await using var tunnels = await FakeTunnelServer.StartAsync(static async context =>
        {
            while (!context.RequestAborted.IsCancellationRequested)
                await context.Response.Body.WriteAsync(new byte[16 * 1024]);
        });
        await using var app = await ChatApp.StartAsync<SendingHandler>(tunnels.Serve);

        Assert.Equal(TunnelErrorKind.BadAnswer, (await FailAsync(app)).Kind);
    }

    [Fact]
    public async Task A_packed_answer_is_not_unpacked()
    {
        using var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true))
            await gzip.WriteAsync(new byte[100 * 1024 * 1024], TestContext.Current.CancellationToken);
        await using var tunnels = await FakeTunnelServer.StartAsync(context =>
        {
            context.Response.Headers.ContentEncoding = "gzip";
            return context.Response.Body.WriteAsync(packed.ToArray()).AsTask();
        });
        await using var app = await ChatApp.StartAsync<SendingHandler>(tunnels.Serve);

        Assert.Equal(TunnelErrorKind.BadAnswer, (await FailAsync(app)).Kind);
        Assert.Contains(app.Server.Logs.Lines, static line => line.EventId == 200 && line.Text.Contains("no JSON object", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_caller_may_give_up()
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var tunnels = await FakeTunnelServer.StartAsync(context => FakeTunnelServer.HangAsync(context, begin: false, asked));
        await using var app = await ChatApp.StartAsync<SendingHandler>(tunnels.Serve);
        using var patience = new CancellationTokenSource();

        var sending = app.Server.Service<ITunnels>().EmitAsync("t1", "n", 1, patience.Token).AsTask();
        await asked.Task.WaitAsync(Limits.Deadline, TestContext.Current.CancellationToken);
        await patience.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
    }

    [Fact]
    public async Task A_failure_leaves_who_is_in_a_room()
    {
        await using var tunnels = await FakeTunnelServer.StartAsync("""{"code":1,"data":{"invalidTunnelIds":["t1"]}}""");
        await using var app = await ChatApp.StartAsync<SendingHandler>(tunnels.Serve);
        await app.Server.Service<ITunnelDirectory>().JoinAsync("t1", "lobby", TestContext.Current.CancellationToken);

        await FailAsync(app);

        Assert.Equal(["t1"], await app.Server.Service<ITunnelDirectory>().MembersAsync("lobby", TestContext.Current.CancellationToken));
    }

    private static async Task<TunnelException> FailAsync(ChatApp app)
    {
        var failure = await Assert.ThrowsAsync<TunnelException>(
            async () => await app.Server.Service<ITunnels>().EmitAsync("t1", "n", 1, TestContext.Current.CancellationToken));
        Assert.Contains("/ws/push", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(SignedEvent.Key, failure.ToString(), StringComparison.Ordinal);
        return failure;
    }
}
