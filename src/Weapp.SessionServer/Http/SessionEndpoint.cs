using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Weapp.Protocol;
using Weapp.Protocol.Sessions;
using Weapp.Protocol.Signatures;
using Weapp.SessionServer.Diagnostics;
using Weapp.SessionServer.Sessions;

namespace Weapp.SessionServer.Http;

/// <summary>
/// The session server over HTTP: body in, interface called, answer out. Every answer has status 200 and its own code, but for what is too long
/// (413), not signed (401) or tried too often (429).
/// </summary>
internal sealed class SessionEndpoint(EmbeddedSessionServer server, IOptions<SessionServerOptions> options, TimeProvider time, ILogger<SessionEndpoint> logger)
{
    private const int MaxRequestBytes = 128 * 1024;

    // By id and not by address: all of an app's users come from the app's address.
    private readonly FailureLimit _wrongSkeys = new(10, TimeSpan.FromSeconds(1), time);

    private readonly WebhookSignature? _signature =
        options.Value.SignatureKey is { } key ? new WebhookSignature(key, options.Value.AlternateSignatureKey) : null;

    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await TakeAsync(context);
        }
        catch (BadHttpRequestException exception)
        {
            // The caller's error, which the web server would take for this server's.
            context.Response.StatusCode = exception.StatusCode;
        }
    }

    private async Task TakeAsync(HttpContext context)
    {
        using var body = new PooledBuffer();
        using var answer = new PooledBuffer();
        if (!await BoundedBody.TryReadAsync(context.Request.Body, body, MaxRequestBytes, context.RequestAborted))
        {
            SessionAnswerWriter.Write(answer, SessionMessage.Refuse<string>(SessionCode.NotJson));
            await WriteAsync(context, StatusCodes.Status413PayloadTooLarge, answer);
            return;
        }

        if (Unsigned(context.Request.Headers, body.WrittenSpan) is { } rejection)
        {
            logger.NotSigned(rejection.Code);
            SessionAnswerWriter.Write(answer, new SessionAnswer<string>(rejection.Code, rejection.Message, null));
            await WriteAsync(context, StatusCodes.Status401Unauthorized, answer);
            return;
        }

        var code = SessionRequest.Read(body.WrittenMemory, out var request);
        if (request is null)
            SessionAnswerWriter.Write(answer, SessionMessage.Refuse<string>(code));
        else
            code = await AnswerAsync(request, answer, context.RequestAborted);
        if (code == SessionCode.SessionFailed && request is { Id.Length: <= SessionAnswerReader.MaxKeyLength } && IsTooMuch(request.Id, request.Skey!))
        {
            context.Response.Headers.RetryAfter = "1";
            await WriteAsync(context, StatusCodes.Status429TooManyRequests, answer);
            return;
        }

        await WriteAsync(context, StatusCodes.Status200OK, answer);
    }

    private static async Task WriteAsync(HttpContext context, int status, PooledBuffer answer)
    {
        var response = context.Response;
        response.StatusCode = status;
        response.ContentType = "application/json; charset=utf-8";
        response.ContentLength = answer.WrittenCount;
        response.Headers.CacheControl = "no-store";
        response.Headers.XContentTypeOptions = "nosniff";
        await response.Body.WriteAsync(answer.WrittenMemory, context.RequestAborted);
    }

    /// <summary>Why a request cannot come from one of our apps; null where it can.</summary>
    private Rejection? Unsigned(IHeaderDictionary headers, ReadOnlySpan<byte> body) =>
        _signature?.Check(WebhookHeaders.Read(headers, static (headers, name) => headers[name]), time.GetUtcNow(), body);

    /// <summary>Notes a wrong skey; the right one is never refused, so that nobody can lock a user out.</summary>
    private bool IsTooMuch(string id, string skey)
    {
        if (_wrongSkeys.IsReached(id))
            return true;
        if (_wrongSkeys.Note(id, skey.GetHashCode(StringComparison.Ordinal)))
            logger.TooManyWrongSkeys();
        return false;
    }

    private async ValueTask<int> AnswerAsync(SessionRequest request, PooledBuffer answer, CancellationToken cancellationToken)
    {
        switch (request.Interface)
        {
            case SessionInterface.Login:
                var login = new SessionLoginRequest(request.Code!, request.EncryptedData, request.Iv) { AppId = request.AppId };
                var granted = await server.LoginAsync(login, cancellationToken);
                SessionAnswerWriter.Write(answer, granted);
                return granted.Code;
            case SessionInterface.Check:
                var told = await server.CheckAsync(request.Id, request.Skey!, request.AppId, cancellationToken);
                SessionAnswerWriter.Write(answer, told);
                return told.Code;
            case SessionInterface.Logout:
                var ended = await server.LogoutAsync(request.Id, request.Skey!, request.AppId, cancellationToken);
                SessionAnswerWriter.Write(answer, ended);
                return ended.Code;
            default:
                var decrypt = new SessionDecryptRequest(request.Id, request.Skey!, request.EncryptedData!, request.Iv!);
                var decrypted = await server.DecryptAsync(decrypt, request.AppId, cancellationToken);
                SessionAnswerWriter.Write(answer, decrypted);
                return decrypted.Code;
        }
    }
}
