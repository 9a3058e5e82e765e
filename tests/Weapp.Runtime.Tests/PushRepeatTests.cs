using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Weapp.Protocol.Signatures;
using Weapp.Runtime.Tests.Support;

namespace Weapp.Runtime.Tests;

/// <summary>A push whose answer is lost: it is repeated once, and a tunnel server that knows ids delivers it once.</summary>
public sealed class PushRepeatTests
{
    private const string Undelivered = """{"code":0,"message":"OK","data":{"invalidTunnelIds":["gone"],"undeliveredTunnelIds":["t1"]}}""";

    private readonly HashSet<string> _phoneSaw = [];
    private readonly Queue<Func<HttpContext, Task>> _faults = new();
    private bool _knowsIds = true;

    public static TheoryData<string> LostAnswers =>
        ["reset", "502", "503", "504", "hangs", "breaks off", "503 until 999999999", "503 until -1", "503 until Thu, 01 Jan 1970 00:00:00 GMT", "503 until whenever"];

    [Theory]
    [MemberData(nameof(LostAnswers))]
    public async Task A_lost_answer_leads_to_one_repeat_and_the_phone_sees_one_message(string fault)
    {
        await using var server = await StartServerAsync();
        await using var app = await StartAppAsync(server);
        await EmitAsync(app);
        _faults.Enqueue(Fault(fault));

        Assert.Equal(default, await EmitAsync(app));

        var calls = server.Calls.ToArray();
        Assert.Equal(3, calls.Length);
        Assert.Equal(calls[1].Headers.Id, calls[2].Headers.Id);
        Assert.Equal(calls[1].Body, calls[2].Body);
        Assert.Equal(2, _phoneSaw.Count);
        Assert.All(calls, static call => Assert.Null(new WebhookSignature(SignedEvent.Key).Check(call.Headers, TimeProvider.System.GetUtcNow(), System.Text.Encoding.UTF8.GetBytes(call.Body))));
    }

    [Theory]
    [InlineData("reset", TunnelErrorKind.Unreachable)]
    [InlineData("503", TunnelErrorKind.BadStatus)]
    [InlineData("hangs", TunnelErrorKind.TimedOut)]
    public async Task What_fails_twice_is_a_transient_failure(string fault, TunnelErrorKind kind)
    {
        await using var server = await StartServerAsync();
        await using var app = await StartAppAsync(server);
        await EmitAsync(app);
        _faults.Enqueue(Fault(fault));
        _faults.Enqueue(Fault(fault));

        var failure = await Assert.ThrowsAsync<TunnelException>(() => EmitAsync(app).AsTask());

        Assert.Equal((kind, true), (failure.Kind, failure.IsTransient));
        Assert.Equal(3, server.Calls.Count);
    }

    [Theory]
    [InlineData("400")]
    [InlineData("404")]
    [InlineData("500")]
    public async Task A_refusal_is_not_repeated(string fault)
    {
        await using var server = await StartServerAsync();
        await using var app = await StartAppAsync(server);
        await EmitAsync(app);
        _faults.Enqueue(Fault(fault));

        await Assert.ThrowsAsync<TunnelException>(() => EmitAsync(app).AsTask());
        Assert.Equal(2, server.Calls.Count);
    }

    [Fact]
    public async Task Without_headers_nothing_is_repeated()
    {
        await using var server = await StartServerAsync();
        await using var app = await StartAppAsync(server, TunnelSignatureMode.Legacy);
        await EmitAsync(app);
        _faults.Enqueue(Fault("503"));

        await Assert.ThrowsAsync<TunnelException>(() => EmitAsync(app).AsTask());
        Assert.All(server.Calls, static call => Assert.Equal(default, call.Headers));
        Assert.Equal(2, server.Calls.Count);
    }

    [Fact]
    public async Task A_server_that_does_not_know_ids_is_sent_nothing_twice()
    {
        _knowsIds = false;
        await using var server = await StartServerAsync();
        await using var app = await StartAppAsync(server);
        await EmitAsync(app);
        _faults.Enqueue(Fault("503"));

        await Assert.ThrowsAsync<TunnelException>(() => EmitAsync(app).AsTask());
        Assert.Equal(2, server.Calls.Count);
    }

    [Fact]
    public async Task Tunnels_out_of_reach_are_tried_again_and_named_when_that_does_not_help()
    {
        await using var server = await StartServerAsync();
        await using var app = await StartAppAsync(server);
        _faults.Enqueue(static context => AnswerAsync(context, Undelivered));
        Assert.Equal(default, await EmitAsync(app));

        _faults.Enqueue(static context => AnswerAsync(context, Undelivered));
        _faults.Enqueue(static context => AnswerAsync(context, Undelivered));
        AssertUndelivered(await EmitAsync(app));

        // A repeat without answer leaves what the first answer said.
        _faults.Enqueue(static context => AnswerAsync(context, Undelivered));
        _faults.Enqueue(Fault("503"));
        AssertUndelivered(await EmitAsync(app));
        Assert.Equal(6, server.Calls.Count);
        Assert.Equal(3, server.Calls.Select(static call => call.Headers.Id).Distinct().Count());
    }

    private static void AssertUndelivered(EmitResult result)
    {
        Assert.True(result.HasUndeliveredTunnelIds);
        Assert.Equal(["t1"], result.UndeliveredTunnelIds);
        Assert.Equal(["gone"], result.InvalidTunnelIds);
        Assert.NotEqual(new EmitResult(["gone"]), result);
        Assert.Equal(new EmitResult(["gone"], ["t1"]), result);
    }

    private static ValueTask<EmitResult> EmitAsync(ChatApp app) =>
        app.Server.Service<ITunnels>().BroadcastAsync(["t1", "gone"], "say", 1, TestContext.Current.CancellationToken);

    private static Task AnswerAsync(HttpContext context, string answer)
    {
        context.Response.Headers[WebhookHeaders.IdName] = context.Request.Headers[WebhookHeaders.IdName];
        return context.Response.WriteAsync(answer);
    }

    private static Func<HttpContext, Task> Fault(string fault) => fault switch
    {
        "hangs" => static context => FakeTunnelServer.HangAsync(context, begin: false, new TaskCompletionSource()),
        "breaks off" => static async context =>
        {
            context.Response.ContentLength = 1000;
            await context.Response.WriteAsync("{");
            await context.Response.Body.FlushAsync();
            context.Abort();
        }
        ,
        "reset" => static context =>
        {
            context.Abort();
            return Task.CompletedTask;
        }
        ,
        _ => context =>
        {
            context.Response.StatusCode = int.Parse(fault.AsSpan(0, 3), System.Globalization.CultureInfo.InvariantCulture);
            if (fault.Split(" until ") is [_, var later])
                context.Response.Headers.RetryAfter = later;
            return Task.CompletedTask;
        }
        ,
    };

    /// <summary>A tunnel server that sends a call's message to the phone before anything goes wrong, and to whom a repeat is no new call.</summary>
    private Task<FakeTunnelServer> StartServerAsync() => FakeTunnelServer.StartAsync(async context =>
    {
        _phoneSaw.Add(context.Request.Headers[WebhookHeaders.IdName].ToString());
        if (_faults.TryDequeue(out var fault))
            await fault(context);
        else if (_knowsIds)
            await AnswerAsync(context, FakeTunnelServer.Accepted);
        else
            await context.Response.WriteAsync(FakeTunnelServer.Accepted);
    });

    private static Task<ChatApp> StartAppAsync(FakeTunnelServer server, TunnelSignatureMode mode = TunnelSignatureMode.Both) =>
        ChatApp.StartAsync<SendingHandler>(options =>
        {
            server.Serve(options);
            options.TunnelSignatureMode = mode;
            options.NetworkTimeout = TimeSpan.FromSeconds(3);
        });
}
