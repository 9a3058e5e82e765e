using Microsoft.AspNetCore.Http;
using Weapp.Protocol;
using Weapp.Protocol.Sessions;
using Weapp.SessionServer.Sessions;

namespace Weapp.SessionServer.Http;

/// <summary>The session server over HTTP: body in, interface called, answer out. Every answer has status 200 and its own code.</summary>
internal sealed class SessionEndpoint(EmbeddedSessionServer server)
{
    private const int MaxRequestBytes = 128 * 1024;

    public async Task InvokeAsync(HttpContext context)
    {
        using var body = new PooledBuffer();
        var whole = await BoundedBody.TryReadAsync(context.Request.Body, body, MaxRequestBytes, context.RequestAborted);
        using var answer = new PooledBuffer();
        SessionRequest? request = null;
        var code = whole ? SessionRequest.Read(body.WrittenMemory, out request) : SessionCode.NotJson;
        if (request is null)
            SessionAnswerWriter.Write(answer, new SessionAnswer<string>(code, SessionMessage.Of(code), null));
        else
            await AnswerAsync(request, answer, context.RequestAborted);

        var response = context.Response;
        response.StatusCode = whole ? StatusCodes.Status200OK : StatusCodes.Status413PayloadTooLarge;
        response.ContentType = "application/json";
        response.ContentLength = answer.WrittenCount;
        response.Headers.CacheControl = "no-store";
        await response.Body.WriteAsync(answer.WrittenMemory, context.RequestAborted);
    }

    private async ValueTask AnswerAsync(SessionRequest request, PooledBuffer answer, CancellationToken cancellationToken)
    {
        switch (request.Interface)
        {
            case SessionInterface.Login:
                var login = new SessionLoginRequest(request.Code!, request.EncryptedData, request.Iv);
                SessionAnswerWriter.Write(answer, await server.LoginAsync(login, cancellationToken));
                break;
            case SessionInterface.Check:
                SessionAnswerWriter.Write(answer, await server.CheckAsync(request.Id, request.Skey!, cancellationToken));
                break;
            case SessionInterface.Logout:
                SessionAnswerWriter.Write(answer, await server.LogoutAsync(request.Id, request.Skey!, cancellationToken));
                break;
            default:
                var decrypt = new SessionDecryptRequest(request.Id, request.Skey!, request.EncryptedData!, request.Iv!);
                SessionAnswerWriter.Write(answer, await server.DecryptAsync(decrypt, cancellationToken));
                break;
        }
    }
}
