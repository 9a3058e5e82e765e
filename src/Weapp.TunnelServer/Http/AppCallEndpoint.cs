using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using Weapp.Protocol;
using Weapp.Protocol.Envelopes;
using Weapp.TunnelServer.Diagnostics;
using Weapp.TunnelServer.Tunnels;

namespace Weapp.TunnelServer.Http;

/// <summary>A signed call of an app: body, envelope and signature are the same for all (protocol section 6).</summary>
internal abstract class AppCallEndpoint(TunnelClients clients, IOptions<TunnelServerOptions> options, ILoggerFactory loggers)
{
    private const string AnswerType = "application/json; charset=utf-8";

    private readonly ILogger _logger = loggers.CreateLogger(TunnelServerLog.Category);

    public async Task InvokeAsync(HttpContext context)
    {
        using var body = new PooledBuffer();
        using var answer = new PooledBuffer();
        try
        {
            var rejection = await ReadAsync(context.Request, body) ?? Take(context, body.WrittenSpan, answer);
            await WriteAsync(context, rejection, answer);
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException && context.RequestAborted.IsCancellationRequested)
        {
            // The caller has gone; nobody is left to answer.
        }
    }

    /// <summary>Does what the app asks for.</summary>
    /// <param name="context">The HTTP call.</param>
    /// <param name="owner">Who calls.</param>
    /// <param name="data">The text that was signed.</param>
    /// <param name="hasDataEncode">Whether the caller sent <c>dataEncode</c>.</param>
    /// <param name="answer">Takes the answer.</param>
    protected abstract Rejection? Take(HttpContext context, TunnelOwner owner, ReadOnlySpan<byte> data, bool hasDataEncode, PooledBuffer answer);

    private Rejection? Take(HttpContext context, ReadOnlySpan<byte> body, PooledBuffer answer)
    {
        var length = Envelope.ScratchLength(body.Length);
        using var scratch = new PooledBuffer(length);
        if (!Envelope.TryRead(body, scratch.GetSpan(length), out var call, out var rejection))
            return rejection;
        return clients.Identify(call) is { } owner ? Take(context, owner, call.Data, call.HasDataEncode, answer) : Rejection.BadSignature;
    }

    private async ValueTask<Rejection?> ReadAsync(HttpRequest request, PooledBuffer body)
    {
        if (!HasJsonText(request))
            return Rejection.UnsupportedMediaType;
        var limit = options.Value.MaxPushBytes;
        if (request.ContentLength > limit)
            return Rejection.TooLarge;
        while (true)
        {
            var read = await request.Body.ReadAsync(body.GetMemory(), request.HttpContext.RequestAborted);
            if (read == 0)
                return null;
            body.Advance(read);
            if (body.WrittenCount > limit)
                return Rejection.TooLarge;
        }
    }

    // Old SDKs send JSON under any text type, or under none.
    private static bool HasJsonText(HttpRequest request)
    {
        if (request.Headers.ContentEncoding.Count > 0)
            return false;
        if (string.IsNullOrEmpty(request.ContentType))
            return true;
        return MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
            && (type.Type.Equals("text", StringComparison.OrdinalIgnoreCase) || type.SubType.EndsWith("json", StringComparison.OrdinalIgnoreCase)
                || type.SubType.Equals("x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase))
            && (!type.Charset.HasValue || HeaderUtilities.RemoveQuotes(type.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase));
    }

    private async Task WriteAsync(HttpContext context, Rejection? rejection, PooledBuffer answer)
    {
        var response = context.Response;
        if (rejection is not null)
        {
            TunnelServerLog.CallRefused(_logger, context.Request.Path, rejection.Code, rejection.Message);
            response.StatusCode = rejection.Status;
        }

        var body = rejection?.Body ?? answer.WrittenMemory;
        response.ContentType = AnswerType;
        response.ContentLength = body.Length;
        response.Headers.XContentTypeOptions = "nosniff";
        await response.Body.WriteAsync(body, context.RequestAborted);
    }
}
