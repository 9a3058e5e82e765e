using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Weapp.Http;
using Weapp.Protocol;
using Weapp.Protocol.Sessions;

namespace Weapp.Login;

/// <summary>The answers of protocol sections 2 and 10: one body for both generations of clients.</summary>
internal static class LoginBody
{
    /// <summary>Answers a login with its session: <c>session</c> for the Wafer 1 client, <c>code</c> and <c>data</c> for Wafer 2's.</summary>
    public static async Task WriteAsync(HttpContext context, SessionGrant grant)
    {
        using var buffer = new PooledBuffer();
        await using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            writer.WriteNumber(LoginFailure.MagicId, 1);
            writer.WriteStartObject("session"u8);
            WriteKeys(writer, grant);
            writer.WriteEndObject();
            writer.WriteNumber("code"u8, 0);
            writer.WriteStartObject("data"u8);
            WriteKeys(writer, grant);
            writer.WritePropertyName("userinfo"u8);
            UserInfoJson.Write(writer, grant.UserInfo);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        await WriteAsync(context, StatusCodes.Status200OK, buffer.WrittenMemory);
    }

    /// <summary>What a logout is answered with; no magic id, so that it reaches the page that asked for it.</summary>
    public static ReadOnlyMemory<byte> LoggedOut { get; } = """{"code":0,"message":"ok"}"""u8.ToArray();

    /// <summary>Writes a whole answer.</summary>
    public static async Task WriteAsync(HttpContext context, int status, ReadOnlyMemory<byte> body)
    {
        var response = context.Response;
        response.StatusCode = status;
        response.ContentType = TunnelAnswers.Json;
        response.ContentLength = body.Length;
        response.Headers.CacheControl = "no-store";
        response.Headers.XContentTypeOptions = "nosniff";
        await response.Body.WriteAsync(body, context.RequestAborted);
    }

    private static void WriteKeys(Utf8JsonWriter writer, SessionGrant grant)
    {
        writer.WriteString("id"u8, grant.Id);
        writer.WriteString("skey"u8, grant.Skey);
    }
}
