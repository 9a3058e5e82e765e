using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Weapp.Protocol;
using Weapp.SessionServer.WeChat;

namespace Weapp.SessionServer.Http;

/// <summary>The simulated WeChat's side of the phone: who asks is logged in under the nickname they give.</summary>
internal sealed class DevelopmentWeChatEndpoint(DevelopmentWeChat weChat, DevelopmentWeChatApi api)
{
    private const int MaxNickName = 64;
    private const int MaxRequestBytes = 16 * 1024;

    private bool _mapped;

    /// <summary>Whether the endpoint is still to be mapped; true for the first who asks.</summary>
    public bool TakeMapping() => !Interlocked.Exchange(ref _mapped, true);

    public async Task LoginAsync(HttpContext context)
    {
        var response = context.Response;
        response.ContentType = "application/json";
        response.Headers.CacheControl = "no-store";
        var nickName = context.Request.Query["nickname"].ToString().Trim();
        if (nickName.Length is 0 or > MaxNickName)
        {
            await RefuseAsync($"Give a nickname of 1 to {MaxNickName} characters: ?nickname=…");
            return;
        }

        if (weChat.Login(nickName, context.Request.Query["appid"]) is not { } login)
        {
            await RefuseAsync("Give the app id of one of SessionServer:Apps: &appid=…");
            return;
        }

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

        Task RefuseAsync(string error)
        {
            response.StatusCode = StatusCodes.Status400BadRequest;
            return response.WriteAsync($$"""{"error":"{{error}}"}""", context.RequestAborted);
        }
    }

    /// <summary>WeChat's API, for a session server elsewhere.</summary>
    public async Task CallAsync(HttpContext context)
    {
        using var body = new PooledBuffer();
        if (!await BoundedBody.TryReadAsync(context.Request.Body, body, MaxRequestBytes, context.RequestAborted))
        {
            context.Response.StatusCode = StatusCodes.Status413PayloadTooLarge;
            return;
        }

        var answer = api.Answer(context.GetRouteValue("call")!.ToString()!, context.Request.QueryString.Value, body.WrittenMemory);
        if (answer is null)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        context.Response.ContentType = "text/plain";
        await context.Response.WriteAsync(answer, context.RequestAborted);
    }
}
