using Microsoft.AspNetCore.Http;
using Weapp.Protocol;

namespace Weapp.Http;

/// <summary>Writes the answers of protocol section 5.</summary>
internal static class TunnelAnswers
{
    public const string Json = "application/json; charset=utf-8";

    private static readonly ReadOnlyMemory<byte> Accepted = Rejection.AcceptedBody.ToArray();

    public static ValueTask WriteAcceptedAsync(HttpResponse response) => WriteAsync(response, StatusCodes.Status200OK, Accepted);

    public static ValueTask WriteAsync(HttpResponse response, Rejection rejection) => WriteAsync(response, rejection.Status, rejection.Body);

    private static async ValueTask WriteAsync(HttpResponse response, int status, ReadOnlyMemory<byte> body)
    {
        response.StatusCode = status;
        response.ContentType = Json;
        response.ContentLength = body.Length;
        response.Headers.XContentTypeOptions = "nosniff";
        await response.BodyWriter.WriteAsync(body, response.HttpContext.RequestAborted);
    }
}
