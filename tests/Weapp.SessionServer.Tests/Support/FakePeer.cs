using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Weapp.TestKit;

namespace Weapp.SessionServer.Tests.Support;

/// <summary>A server on the other side of a call, which answers as the test says and keeps what it was asked.</summary>
internal sealed class FakePeer : IAsyncDisposable
{
    private readonly TestServer _server;
    private readonly ConcurrentQueue<string> _requests;

    private FakePeer(TestServer server, ConcurrentQueue<string> requests) => (_server, _requests) = (server, requests);

    public Uri Address => _server.Address;

    /// <summary>Path, query and body of each request.</summary>
    public IReadOnlyCollection<string> Requests => _requests;

    public static Task<FakePeer> StartAsync(string answer, int status = 200, string contentType = "text/plain") =>
        StartAsync(async context =>
        {
            context.Response.StatusCode = status;
            context.Response.ContentType = contentType;
            await context.Response.WriteAsync(answer);
        });

    public static async Task<FakePeer> StartAsync(RequestDelegate answer)
    {
        var requests = new ConcurrentQueue<string>();
        var server = await TestServer.StartAsync(static _ => { }, app => app.Run(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            requests.Enqueue($"{context.Request.Path}{context.Request.QueryString}{await reader.ReadToEndAsync()}");
            await answer(context);
        }));
        return new FakePeer(server, requests);
    }

    /// <summary>Begins an answer and never ends it.</summary>
    /// <param name="context">The request.</param>
    /// <param name="begun">Called when the beginning is on its way.</param>
    public static async Task HangAsync(HttpContext context, Action begun)
    {
        await context.Response.WriteAsync("{");
        await context.Response.Body.FlushAsync();
        begun();
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (context.RequestAborted.Register(gone.SetResult))
            await gone.Task;
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
