using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Weapp.SessionServer.WeChat;

namespace Weapp.SessionServer.Http;

/// <summary>The simulated WeChat's side of the phone: who asks is logged in under the nickname they give.</summary>
internal sealed class DevelopmentWeChatEndpoint(DevelopmentWeChat weChat)
{
    private const int MaxNickName = 64;

    private bool _mapped;

    /// <summary>Whether the endpoint is still to be mapped; true for the first who asks.</summary>
    public bool TakeMapping() => !Interlocked.Exchange(ref _mapped, true);

    public async Task InvokeAsync(HttpContext context)
    {
        var response = context.Response;
        response.ContentType = "application/json";
        response.Headers.CacheControl = "no-store";
        var nickName = context.Request.Query["nickname"].ToString().Trim();
        if (nickName.Length is 0 or > MaxNickName)
        {
            response.StatusCode = StatusCodes.Status400BadRequest;
            await response.WriteAsync($$"""{"error":"Give a nickname of 1 to {{MaxNickName}} characters: ?nickname=…"}""", context.RequestAborted);
            return;
        }

        var login = weChat.Login(nickName);
        await using var writer = new Utf8JsonWriter(response.BodyWriter, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        writer.WriteStartObject();
        writer.WriteString("code"u8, login.Code);
        writer.WriteString("encryptedData"u8, login.EncryptedData);
        writer.WriteString("iv"u8, login.Iv);
        writer.WriteString("rawData"u8, login.RawData);
        writer.WriteString("signature"u8, login.Signature);
        writer.WritePropertyName("userInfo"u8);
        writer.WriteRawValue(login.RawData);
        writer.WriteEndObject();
    }
}
