using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using Weapp.Protocol;
using Weapp.Protocol.Envelopes;
using Weapp.Protocol.Signatures;
using Weapp.TunnelServer.Diagnostics;

namespace Weapp.TunnelServer.Http;

/// <summary>A signed call of an app: body, envelope and signature are the same for all (protocol section 6).</summary>
internal abstract class AppCallEndpoint(string route, TunnelClients clients, IOptions<TunnelServerOptions> options, TunnelServerMetrics metrics, ILoggerFactory loggers)
{
    private const string AnswerType = "application/json; charset=utf-8";

    private readonly ILogger _logger = loggers.CreateLogger(TunnelServerLog.Category);

    public async Task InvokeAsync(HttpContext context)
    {
        using var body = new PooledBuffer();
        using var scratch = new PooledBuffer();
        using var answer = new PooledBuffer();
        try
        {
            var rejection = await TryReadAsync(context.Request, body) ?? Open(context, body.WrittenSpan, scratch, out var call) ?? await TakeAsync(context, call, answer);
            await WriteAsync(context, rejection, answer);
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException && context.RequestAborted.IsCancellationRequested)
        {
            // The caller has gone; nobody is left to answer.
        }
    }

    /// <summary>Does what the app asks for.</summary>
    /// <param name="context">The HTTP call.</param>
    /// <param name="call">The app's call; its data is valid until the task has ended.</param>
    /// <param name="answer">Takes the answer.</param>
    protected abstract ValueTask<Rejection?> TakeAsync(HttpContext context, AppCall call, PooledBuffer answer);

    private Rejection? Open(HttpContext context, ReadOnlySpan<byte> body, PooledBuffer scratch, out AppCall call)
    {
        call = default;
        var memory = scratch.GetMemory(Envelope.ScratchLength(body.Length));
        if (!Envelope.TryRead(body, memory.Span, out var envelope, out var rejection))
            return rejection;
        var headers = WebhookHeaders.Read(context.Request.Headers, static (headers, name) => headers[name]);
        rejection = clients.Identify(envelope, headers, body, out var owner, out var id);
        if (rejection is not null)
            return rejection;
        // Tells the caller that it may repeat the call: this server knows its id.
        if (id is not null)
            context.Response.Headers[WebhookHeaders.IdName] = id;
        call = new AppCall(owner!, Encoding.UTF8.GetString(envelope.TcId), memory[..envelope.Data.Length], envelope.HasDataEncode, id);
        return null;
    }

    private async ValueTask<Rejection?> TryReadAsync(HttpRequest request, PooledBuffer body)
    {
        try
        {
            return await ReadAsync(request, body);
        }
        catch (BadHttpRequestException exception)
        {
            // The caller's error, which the web server would take for this server's.
            return Rejection.OfUnreadable(exception.StatusCode);
        }
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
        metrics.Call(route, rejection?.Code ?? 0);
        if (rejection is not null)
        {
            TunnelServerLog.CallRefused(_logger, route, rejection.Code, rejection.Message);
            response.StatusCode = rejection.Status;
        }

        var body = rejection?.Body ?? answer.WrittenMemory;
        response.ContentType = AnswerType;
        response.ContentLength = body.Length;
        response.Headers.XContentTypeOptions = "nosniff";
        await response.Body.WriteAsync(body, context.RequestAborted);
    }
}
