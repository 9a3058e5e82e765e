using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Weapp.Diagnostics;
using Weapp.Login;
using Weapp.Outbound;
using Weapp.Protocol;
using Weapp.Protocol.Tunnels;

namespace Weapp.Http;

/// <summary><c>GET</c> on the tunnel path: a phone asks for a tunnel (protocol section 4).</summary>
internal sealed class TunnelGetEndpoint(
    ITunnelReceiver receiver,
    Func<string, UserInfo?, ValueTask<bool>> onRequest,
    TunnelServerSource server,
    LoginChecker? login,
    TunnelRequestLimit? limit,
    string? publicUrl,
    ILogger logger,
    CancellationToken stopping)
{
    private const string NoTunnel = "The tunnel server gave no tunnel.";

    public async Task HandleAsync(HttpContext context)
    {
        if (stopping.IsCancellationRequested)
        {
            await WriteErrorAsync(context.Response, StatusCodes.Status503ServiceUnavailable, "The app is stopping: try again.");
            return;
        }

        UserInfo? user = null;
        if (login is not null)
        {
            var check = await login.CheckAsync(context);
            if (check.Failure is { } failure)
            {
                await LoginBody.WriteAsync(context, failure.Status, failure.TunnelBody);
                return;
            }

            user = check.User!;
            if (limit?.IsWithinLimit(user.OpenId) == false)
            {
                HttpLog.TooManyRequests(logger);
                context.Response.Headers.RetryAfter = "1";
                await WriteErrorAsync(context.Response, StatusCodes.Status429TooManyRequests, "Too many tunnels were asked for: try again later.");
                return;
            }
        }

        if (publicUrl is null && !context.Request.Host.HasValue)
        {
            await WriteErrorAsync(context.Response, StatusCodes.Status400BadRequest, "The request names no host.");
            return;
        }

        TunnelGrant grant;
        try
        {
            grant = await server.Value.RequestTunnelAsync(RequestOf(context.Request), context.RequestAborted);
        }
        catch (TunnelException exception)
        {
            HttpLog.NoTunnel(logger, exception.Message);
            var status = exception.Kind == TunnelErrorKind.TimedOut ? StatusCodes.Status504GatewayTimeout : StatusCodes.Status502BadGateway;
            await WriteErrorAsync(context.Response, status, NoTunnel);
            return;
        }
        catch (Exception exception) when (!context.RequestAborted.IsCancellationRequested)
        {
            HttpLog.TunnelServerFailed(logger, exception);
            await WriteErrorAsync(context.Response, StatusCodes.Status502BadGateway, NoTunnel);
            return;
        }

        try
        {
            // Before the answer: the phone cannot connect, and no event can come, until the handler knows of the tunnel.
            if (!await onRequest(grant.TunnelId, user))
            {
                HttpLog.NoTunnel(logger, "the tunnel server has given its id to another tunnel");
                await WriteErrorAsync(context.Response, StatusCodes.Status502BadGateway, NoTunnel);
                return;
            }
        }
        catch (Exception exception)
        {
            HttpLog.RequestFailed(logger, exception);
            await WriteErrorAsync(context.Response, StatusCodes.Status500InternalServerError, "The app refused the tunnel.");
            return;
        }

        await WriteAsync(context.Response, StatusCodes.Status200OK, grant, static (writer, grant) =>
        {
            // One answer for both generations of clients (protocol section 10).
            writer.WriteString("url"u8, grant.ConnectUrl);
            writer.WriteNumber("code"u8, 0);
            writer.WriteStartObject("data"u8);
            writer.WriteString("tunnelId"u8, grant.TunnelId);
            writer.WriteString("connectUrl"u8, grant.ConnectUrl);
            writer.WriteEndObject();
        });
    }

    private TunnelRequest RequestOf(HttpRequest request) => new()
    {
        Path = request.PathBase.Add(request.Path).ToUriComponent(),
        PublicUrl = publicUrl ?? $"{request.Scheme}://{request.Host.ToUriComponent()}",
        Receiver = receiver,
    };

    private static Task WriteErrorAsync(HttpResponse response, int status, string error) =>
        WriteAsync(response, status, error, static (writer, error) => writer.WriteString("error"u8, error));

    private static async Task WriteAsync<T>(HttpResponse response, int status, T value, Action<Utf8JsonWriter, T> write)
    {
        using var buffer = new PooledBuffer();
        await using (var writer = new Utf8JsonWriter((IBufferWriter<byte>)buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            write(writer, value);
            writer.WriteEndObject();
        }

        response.StatusCode = status;
        response.ContentType = TunnelAnswers.Json;
        response.ContentLength = buffer.WrittenCount;
        response.Headers.CacheControl = "no-store";
        response.Headers.XContentTypeOptions = "nosniff";
        await response.BodyWriter.WriteAsync(buffer.WrittenMemory, response.HttpContext.RequestAborted);
    }
}
