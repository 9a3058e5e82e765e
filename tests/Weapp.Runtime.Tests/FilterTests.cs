using Microsoft.Extensions.DependencyInjection;
using Weapp.Runtime.Tests.Support;

namespace Weapp.Runtime.Tests;

/// <summary>Filters run around the calls of handlers.</summary>
public sealed class FilterTests
{
    [Fact]
    public async Task Filters_for_all_are_outside_of_those_for_one_and_all_see_the_event()
    {
        await using var app = await ChatApp.StartAsync<ChattyHandler>(
            endpoint: static options => options.AddFilter<Inner>(),
            configure: static builder => Weapp(builder).AddFilter<Outer>());

        Assert.Equal(ChatApp.Ok, (await app.SayAsync("t1", "count", "42")).Text);

        Assert.Equal(["outer before t1 Message count", "inner before", "count t1 42", "inner after", "outer after"], app.Journal.All);
    }

    [Fact]
    public async Task A_filter_that_waits_finds_the_content_as_it_was()
    {
        await using var app = await ChatApp.StartAsync<ChattyHandler>(endpoint: static options => options.AddFilter<Waiting>());

        var first = app.SayAsync("t1", "speak", """{"word":"first"}""");
        Assert.Equal("waiting", await app.Journal.NextAsync());
        var second = app.SayAsync("t2", "speak", """{"word":"second"}""");
        Assert.Equal("waiting", await app.Journal.NextAsync());
        app.Journal.Open("filter");

        Assert.Equal(ChatApp.Ok, (await first).Text);
        Assert.Equal(ChatApp.Ok, (await second).Text);
        Assert.Equal(["speak t1 first", "speak t2 second"], app.Journal.All.Where(static entry => entry != "waiting").Order());
    }

    [Fact]
    public async Task What_a_filter_keeps_to_itself_does_not_reach_the_handler()
    {
        await using var app = await ChatApp.StartAsync<ChattyHandler>(endpoint: static options => options.AddFilter<Silent>());

        Assert.Equal(ChatApp.Ok, (await app.SayAsync("t1", "count", "42")).Text);

        Assert.Empty(app.Journal.All);
    }

    [Fact]
    public async Task A_filter_that_fails_is_a_handler_that_fails()
    {
        await using var app = await ChatApp.StartAsync<ChattyHandler>(endpoint: static options =>
        {
            options.ReportHandlerFailure = true;
            options.AddFilter<Failing>();
        });
        app.Server.ExpectError(static line => line.EventId == 100);

        Assert.Equal("500 9500", (await app.SayAsync("t1", "count", "42")).Code);

        Assert.Empty(app.Journal.All);
    }

    private static IWeappBuilder Weapp(Microsoft.AspNetCore.Builder.WebApplicationBuilder builder) => builder.Services.AddWeapp(static _ => { });

    private sealed class Outer(Journal journal) : ITunnelFilter
    {
        public async ValueTask InvokeAsync(TunnelContext tunnel, Func<TunnelContext, ValueTask> next)
        {
            journal.Add($"outer before {tunnel.TunnelId} {tunnel.Kind} {tunnel.MessageType}");
            await next(tunnel);
            journal.Add("outer after");
        }
    }

    private sealed class Inner(Journal journal) : ITunnelFilter
    {
        public async ValueTask InvokeAsync(TunnelContext tunnel, Func<TunnelContext, ValueTask> next)
        {
            journal.Add("inner before");
            await next(tunnel);
            journal.Add("inner after");
        }
    }

    private sealed class Waiting(Journal journal) : ITunnelFilter
    {
        public async ValueTask InvokeAsync(TunnelContext tunnel, Func<TunnelContext, ValueTask> next)
        {
            journal.Add("waiting");
            await journal.WaitAt("filter");
            await next(tunnel);
        }
    }

    private sealed class Silent : ITunnelFilter
    {
        public ValueTask InvokeAsync(TunnelContext tunnel, Func<TunnelContext, ValueTask> next) => ValueTask.CompletedTask;
    }

    private sealed class Failing : ITunnelFilter
    {
        public ValueTask InvokeAsync(TunnelContext tunnel, Func<TunnelContext, ValueTask> next) => throw new InvalidOperationException("No.");
    }
}
