using System.Net;
using Microsoft.Extensions.Logging;
using Weapp.Protocol.Packets;
using Weapp.Runtime.Tests.Support;

namespace Weapp.Runtime.Tests;

/// <summary>Handlers that fail, and handlers that take too long.</summary>
public sealed class HandlerFailureTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(7);

    [Theory]
    [InlineData("throw", false, "200 0")]
    [InlineData("fail", false, "200 0")]
    [InlineData("throw", true, "500 9500")]
    [InlineData("fail", true, "500 9500")]
    public async Task An_exception_is_logged_once_and_reported_where_the_app_asks_for_it(string type, bool report, string expected)
    {
        await using var app = await ChatApp.StartAsync<GatedHandler>(endpoint: options => options.ReportHandlerFailure = report);
        app.Server.ExpectError(static line => line.EventId == 100);

        var answer = await app.SayAsync("t1", type, "1");
        Assert.Equal(expected, answer.Code);
        Assert.DoesNotContain("luck", answer.Text, StringComparison.Ordinal);

        var line = Assert.Single(app.Server.Logs.Lines, static line => line.Level >= LogLevel.Error);
        Assert.Equal("Weapp.Dispatch", line.Category);
        Assert.Contains("no luck for t1", line.Text, StringComparison.Ordinal);
        app.Journal.Open("after");
        Assert.Equal("200 0", (await app.SayAsync("t1", "work", "\"after\"")).Code);
    }

    [Theory]
    [InlineData(false, "200 0")]
    [InlineData(true, "503 9503")]
    public async Task A_handler_that_does_not_end_is_answered_when_its_time_is_up(bool report, string expected)
    {
        var clock = new TestClock();
        await using var app = await StartAsync(clock, report);
        app.Server.ExpectError(static line => line.EventId == 101);

        var answer = app.SayAsync("t1", "work", "\"gate\"");
        Assert.Equal("t1 gate begins", await app.Journal.NextAsync());
        await clock.TimersAsync(Timeout);
        clock.Advance(Timeout - TimeSpan.FromMilliseconds(1));
        Assert.False(answer.IsCompleted);
        Assert.DoesNotContain(app.Server.Logs.Lines, static line => line.EventId == 101);
        clock.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal(expected, (await answer).Code);
        Assert.Equal(["t1 gate begins"], app.Journal.All);
        Assert.Single(app.Server.Logs.Lines, static line => line.EventId == 101);
        app.Journal.Open("gate");
        Assert.Equal("t1 gate ends", await app.Journal.NextAsync());
    }

    [Fact]
    public async Task The_answer_waits_for_the_handler()
    {
        await using var app = await StartAsync(new TestClock());

        var answer = app.SayAsync("t1", "work", "\"gate\"");
        Assert.Equal("t1 gate begins", await app.Journal.NextAsync());
        Assert.False(answer.IsCompleted);
        app.Journal.Open("gate");

        Assert.Equal("200 0", (await answer).Code);
        Assert.Equal(["t1 gate begins", "t1 gate ends"], app.Journal.All);
    }

    [Fact]
    public async Task A_handlers_token_is_cancelled_when_its_time_is_up()
    {
        var clock = new TestClock();
        await using var app = await StartAsync(clock);
        // The token's timer and the answer's end together; whichever is first, the event is done with.
        app.Server.ExpectError(static line => line.EventId == 101);

        var answer = app.SayAsync("t1", "listen", "1");
        Assert.Equal("t1 listens", await app.Journal.NextAsync());
        await clock.PassAsync(Timeout, 2);

        Assert.Equal("t1 was cancelled", await app.Journal.NextAsync());
        Assert.Equal("200 0", (await answer).Code);
    }

    [Fact]
    public async Task Events_behind_one_that_does_not_end_are_given_up_in_their_time()
    {
        var clock = new TestClock();
        await using var app = await StartAsync(clock, report: true);
        app.Server.ExpectError(static line => line.EventId == 101 || line.EventId == 102);

        var first = app.SayAsync("t1", "work", "\"first\"");
        Assert.Equal("t1 first begins", await app.Journal.NextAsync());
        await clock.TimersAsync(Timeout);
        var second = app.SayAsync("t1", "work", "\"second\"");
        await clock.PassAsync(Timeout);

        Assert.Equal("503 9503", (await first).Code);
        Assert.Equal("503 9503", (await second).Code);
        app.Journal.Open("first");
        Assert.Equal("t1 first ends", await app.Journal.NextAsync());
        app.Journal.Open("third");
        Assert.Equal("200 0", (await app.SayAsync("t1", "work", "\"third\"")).Code);
        Assert.Equal(["t1 first begins", "t1 first ends", "t1 third begins", "t1 third ends"], app.Journal.All);
    }

    [Fact]
    public async Task A_request_method_that_does_not_end_refuses_the_tunnel()
    {
        var clock = new TestClock();
        await using var app = await StartAsync(clock);
        app.Server.ExpectError(static line => line.EventId == 3);

        var answer = app.GetAsync();
        Assert.StartsWith("request ", await app.Journal.NextAsync(), StringComparison.Ordinal);
        Assert.False(answer.IsCompleted);
        await clock.PassAsync(Timeout);

        Assert.Equal(HttpStatusCode.InternalServerError, (await answer).Status);
        Assert.False((await answer).Json.TryGetProperty("url", out _));
    }

    [Theory]
    [InlineData("work")]
    [InlineData("block")]
    public async Task An_event_may_be_acknowledged_before_its_handler_ends(string type)
    {
        await using var app = await StartAsync(new TestClock(), acknowledge: TunnelAcknowledge.BeforeHandler);

        Assert.Equal("200 0", (await app.SayAsync("t1", type, "\"一 gate\"")).Code);
        Assert.Equal("t1 一 gate begins", await app.Journal.NextAsync());
        // Other bodies pass through the same pooled memory meanwhile.
        foreach (var i in Enumerable.Range(0, 20))
            Assert.Equal("200 0", (await app.SayAsync($"other{i}", "unknown", "\"xxxxxxxxxxxxxxxx\"")).Code);
        app.Journal.Open("一 gate");

        Assert.Equal("t1 一 gate ends", await app.Journal.NextAsync());
    }

    [Fact]
    public async Task Acknowledged_events_keep_their_order_their_content_and_their_place_however_long_they_wait()
    {
        var clock = new TestClock();
        await using var app = await StartAsync(clock, acknowledge: TunnelAcknowledge.BeforeHandler);
        app.Server.ExpectError(static line => line.EventId == 101);

        foreach (var name in (string[])["first", "second", "third"])
            Assert.Equal("200 0", (await app.SayAsync("t1", "work", $"\"{name}\"")).Code);
        Assert.Equal("200 0", (await app.PostAsync("t1", PacketType.Close)).Code);
        Assert.Equal("t1 first begins", await app.Journal.NextAsync());
        await clock.PassAsync(Timeout);
        await app.Server.Logs.WaitForAsync(static line => line.EventId == 101, TestContext.Current.CancellationToken);
        clock.Advance(10 * Timeout);
        foreach (var name in (string[])["first", "second", "third"])
            app.Journal.Open(name);

        string[] expected = ["t1 first ends", "t1 second begins", "t1 second ends", "t1 third begins", "t1 third ends", "t1 closes"];
        foreach (var entry in expected)
            Assert.Equal(entry, await app.Journal.NextAsync());
    }

    [Fact]
    public async Task A_failure_after_the_acknowledgement_is_still_logged()
    {
        await using var app = await StartAsync(new TestClock(), report: true, acknowledge: TunnelAcknowledge.BeforeHandler);
        app.Server.ExpectError(static line => line.EventId == 100);

        Assert.Equal("200 0", (await app.SayAsync("t1", "throw", "1")).Code);

        await app.Server.Logs.WaitForAsync(static line => line.EventId == 100, TestContext.Current.CancellationToken);
    }

    private static Task<ChatApp> StartAsync(TestClock clock, bool report = false, TunnelAcknowledge acknowledge = TunnelAcknowledge.AfterHandler) =>
        ChatApp.StartAsync<GatedHandler>(clock: clock, endpoint: options =>
        {
            options.HandlerTimeout = Timeout;
            options.ReportHandlerFailure = report;
            options.Acknowledge = acknowledge;
        });
}
