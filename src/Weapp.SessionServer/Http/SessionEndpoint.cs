using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Weapp.Protocol;
using Weapp.Protocol.Sessions;
using Weapp.SessionServer.Diagnostics;
using Weapp.SessionServer.Sessions;

namespace Weapp.SessionServer.Http;

/// <summary>The session server over HTTP: body in, interface called, answer out. Every answer has status 200 and its own code.</summary>
internal sealed class SessionEndpoint(EmbeddedSessionServer server, TimeProvider time, ILogger<SessionEndpoint> logger)
{
    private const int MaxRequestBytes = 128 * 1024;

    // By id and not by address: all of an app's users come from the app's address.
    private readonly FailureLimit _wrongSkeys = new(10, TimeSpan.FromSeconds(1), time);

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
        var whole = await BoundedBody.TryReadAsync(context.Request.Body, body, MaxRequestBytes, context.RequestAborted);
        using var answer = new PooledBuffer();
        SessionRequest? request = null;
        var code = whole ? SessionRequest.Read(body.WrittenMemory, out request) : SessionCode.NotJson;
        if (request is null)
            SessionAnswerWriter.Write(answer, SessionMessage.Refuse<string>(code));
        else
            code = await AnswerAsync(request, answer, context.RequestAborted);

        var response = context.Response;
        response.StatusCode = whole ? StatusCodes.Status200OK : StatusCodes.Status413PayloadTooLarge;
        if (code == SessionCode.SessionFailed && request?.Id is { } id && IsTooMuch(id))
        {
            response.StatusCode = StatusCodes.Status429TooManyRequests;
            response.Headers.RetryAfter = "1";
        }

        response.ContentType = "application/json";
        response.ContentLength = answer.WrittenCount;
        response.Headers.CacheControl = "no-store";
        await response.Body.WriteAsync(answer.WrittenMemory, context.RequestAborted);
    }

    /// <summary>Notes a wrong skey; the right one is never refused, so that nobody can lock a user out.</summary>
    private bool IsTooMuch(string id)
    {
        if (_wrongSkeys.IsReached(id))
            return true;
        if (_wrongSkeys.Note(id))
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
