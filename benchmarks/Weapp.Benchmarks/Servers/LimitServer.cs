using System.IO.Pipelines;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Weapp.Protocol;

namespace Weapp.Benchmarks.Servers;

/// <summary>The limit of P2 and L1: Kestrel reads the body and answers a constant; no server can do less and still be one.</summary>
internal static class LimitServer
{
    private static readonly ReadOnlyMemory<byte> Accepted = Rejection.AcceptedBody.ToArray();

    public static void Map(WebApplication app)
    {
        app.MapPost("/tunnel", HandleAsync);
        app.MapPost(SessionsServer.Path, HandleAsync);
    }

    private static async Task HandleAsync(HttpContext context)
    {
        await ReadToEndAsync(context.Request.BodyReader, context.RequestAborted);
        context.Response.ContentType = "application/json; charset=utf-8";
        context.Response.ContentLength = Accepted.Length;
        await context.Response.BodyWriter.WriteAsync(Accepted, context.RequestAborted);
    }

    private static async ValueTask ReadToEndAsync(PipeReader body, CancellationToken cancellationToken)
    {
        while (true)
        {
            var result = await body.ReadAsync(cancellationToken);
            body.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted)
                return;
        }
    }
}
