using System.Net;
using Weapp.Runtime.Tests.Support;

namespace Weapp.Runtime.Tests;

/// <summary>Asking for a tunnel where a phone needs a session for it.</summary>
public sealed class CheckedGetTests
{
    private const string Magic = "\"F2C224D4-2BCE-4C64-AF9F-A6D872000D1A\":1";

    [Theory]
    [InlineData(401, "ERR_INVALID_REQUEST")]
    [InlineData(401, "ERR_INVALID_REQUEST", "X-WX-Skey:")]
    [InlineData(401, "ERR_INVALID_REQUEST", "X-WX-Id:i")]
    [InlineData(400, "ERR_INVALID_REQUEST", "X-WX-Skey:a", "X-WX-Skey:b")]
    [InlineData(400, "ERR_INVALID_REQUEST", "X-WX-Skey:a,b")]
    [InlineData(400, "ERR_INVALID_REQUEST", "X-WX-Skey:a\tb")]
    public async Task Headers_that_name_no_session_get_no_tunnel_and_nobody_is_asked(int status, string error, params string[] headers)
    {
        await using var sessions = await FakeTunnelServer.StartAsync("""{"returnCode":0,"returnData":{"user_info":{"openId":"o"}}}""");
        await using var tunnels = await FakeTunnelServer.StartAsync();
        await using var app = await StartAsync(tunnels, sessions);

        await AssertNoTunnelAsync(app, tunnels, status, error, headers);
        await AssertNoTunnelAsync(app, tunnels, 400, "ERR_INVALID_REQUEST", "X-WX-Skey:" + new string('s', 8192));
        Assert.Empty(sessions.Calls);
    }

    [Theory]
    [InlineData(200, """{"returnCode":60011}""", 401, "ERR_INVALID_SESSION")]
    [InlineData(200, """{"returnCode":60012}""", 401, "ERR_INVALID_SESSION")]
    [InlineData(200, """{"returnCode":1001}""", 502, "ERR_CHECK_LOGIN_FAILED")]
    [InlineData(200, "<html>", 502, "ERR_CHECK_LOGIN_FAILED")]
    [InlineData(500, "", 502, "ERR_CHECK_LOGIN_FAILED")]
    public async Task A_check_that_fails_is_the_whole_answer_and_the_tunnel_server_is_not_asked(int answered, string body, int status, string error)
    {
        await using var sessions = await FakeTunnelServer.StartAsync(body, answered);
        await using var tunnels = await FakeTunnelServer.StartAsync();
        await using var app = await StartAsync(tunnels, sessions);

        await AssertNoTunnelAsync(app, tunnels, status, error, "X-WX-Id:i", "X-WX-Skey:s");
        Assert.Single(sessions.Calls);
        Assert.DoesNotContain(app.Server.Logs.Lines, static line => line.Category.StartsWith("System.Net.Http", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_session_server_that_is_slow_or_gone_is_no_invalid_session()
    {
        var clock = new TestClock();
        var hanging = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var sessions = await FakeTunnelServer.StartAsync(context => FakeTunnelServer.HangAsync(context, begin: true, hanging));
        await using var tunnels = await FakeTunnelServer.StartAsync();
        await using var app = await StartAsync(tunnels, sessions, clock);

        var slow = AssertNoTunnelAsync(app, tunnels, 504, "ERR_CHECK_LOGIN_FAILED", "X-WX-Skey:s");
        await hanging.Task.WaitAsync(Limits.Deadline, TestContext.Current.CancellationToken);
        await clock.PassAsync(TimeSpan.FromSeconds(9));
        await slow;
        await sessions.DisposeAsync();
        await AssertNoTunnelAsync(app, tunnels, 502, "ERR_CHECK_LOGIN_FAILED", "X-WX-Skey:s");
    }

    [Fact]
    public async Task A_user_who_asks_for_tunnels_without_end_is_told_to_wait_and_nobody_else_is()
    {
        await using var app = await ChatApp.StartAsync<RecordingHandler>(endpoint: static options =>
        {
            options.CheckLogin = true;
            options.RequestsPerSecond = 1;
            options.RequestBurst = 20;
        });
        var answers = await Task.WhenAll(Enumerable.Range(0, 1000).Select(_ => app.GetAsync(openId: "o-greedy")));

        Assert.InRange(answers.Count(static answer => answer.Status == HttpStatusCode.OK), 20, 500);
        var refused = answers.First(static answer => answer.Status != HttpStatusCode.OK);
        Assert.Equal((HttpStatusCode.TooManyRequests, """{"error":"Too many tunnels were asked for: try again later."}"""), (refused.Status, refused.Text));
        Assert.Equal(answers.Count(static answer => answer.Status == HttpStatusCode.OK), app.Journal.All.Count);
        Assert.Equal(HttpStatusCode.OK, (await app.GetAsync(openId: "o-modest")).Status);

        using var request = new HttpRequestMessage(HttpMethod.Get, "/tunnel");
        request.Headers.Add("X-WX-Skey", "o-greedy");
        HttpResponseMessage response;
        do
            response = await app.Server.Client.SendAsync(Copy(request), TestContext.Current.CancellationToken);
        while (response.StatusCode == HttpStatusCode.OK);
        Assert.Equal(TimeSpan.FromSeconds(1), response.Headers.RetryAfter?.Delta);
    }

    [Fact]
    public async Task A_thousand_phones_that_leave_while_they_ask_leave_nothing_behind()
    {
        var clock = new TestClock();
        var asked = new SemaphoreSlim(0);
        await using var tunnels = await FakeTunnelServer.StartAsync(async context =>
        {
            asked.Release();
            await FakeTunnelServer.HangAsync(context, begin: false, new TaskCompletionSource());
        });
        await using var app = await ChatApp.StartAsync<RecordingHandler>(tunnels.Serve, static options => options.CheckLogin = true, clock);

        // Disposing the app fails the test if any of them was logged as an error.
        for (var round = 0; round < 10; round++)
        {
            using var leaving = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
            var answers = Enumerable.Range(0, 100).Select(async i =>
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, "/tunnel");
                request.Headers.Add("X-WX-Skey", $"o-{i}");
                using var answer = await app.Server.Client.SendAsync(request, leaving.Token);
            }).ToList();
            foreach (var _ in answers)
                Assert.True(await asked.WaitAsync(Limits.Deadline, TestContext.Current.CancellationToken));
            await leaving.CancelAsync();
            foreach (var answer in answers)
                await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);
        }

        Assert.Empty(app.Journal.All);
        Assert.Empty(await app.Server.Service<ITunnelDirectory>().TunnelsOfAsync("o-1", TestContext.Current.CancellationToken));
    }

    private static Task<ChatApp> StartAsync(FakeTunnelServer tunnels, FakeTunnelServer sessions, TestClock? clock = null) => ChatApp.StartAsync<RecordingHandler>(
        options =>
        {
            tunnels.Serve(options);
            options.AuthServerUrl = sessions.Address.ToString();
            options.NetworkTimeout = TimeSpan.FromSeconds(9);
        },
        static options => options.CheckLogin = true,
        clock);

    private static async Task AssertNoTunnelAsync(ChatApp app, FakeTunnelServer tunnels, int status, string error, params string[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/tunnel");
        foreach (var header in headers)
            request.Headers.TryAddWithoutValidation(header[..header.IndexOf(':', StringComparison.Ordinal)], header[(header.IndexOf(':', StringComparison.Ordinal) + 1)..]);

        using var response = await app.Server.Client.SendAsync(request, TestContext.Current.CancellationToken);
        var answer = new Answer(response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));

        Assert.Equal((status, error), ((int)answer.Status, answer.Json.GetProperty("error").GetString()));
        // At which the official client forgets its session.
        Assert.Equal(status < 500, answer.Text.Contains(Magic, StringComparison.Ordinal));
        Assert.Equal(error == "ERR_INVALID_SESSION", answer.Json.GetProperty("code").GetInt32() == -1);
        Assert.Equal("application/json; charset=utf-8", response.Content.Headers.ContentType?.ToString());
        Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
        Assert.True(response.Headers.CacheControl?.NoStore);
        Assert.Empty(tunnels.Calls);
        Assert.Empty(app.Journal.All);
    }

    private static HttpRequestMessage Copy(HttpRequestMessage request)
    {
        var copy = new HttpRequestMessage(request.Method, request.RequestUri);
        foreach (var (name, values) in request.Headers)
            copy.Headers.TryAddWithoutValidation(name, values);
        return copy;
    }
}
