using System.Text;
using Microsoft.AspNetCore.Http;
using Weapp.Protocol.Sessions;

namespace Weapp.Login;

/// <summary>Why a login or check failed, as the client is told. There is one instance for each reason.</summary>
internal sealed class LoginFailure
{
    /// <summary>Marks every answer that the client SDK consumes itself.</summary>
    public const string MagicId = "F2C224D4-2BCE-4C64-AF9F-A6D872000D1A";

    private LoginFailure(int status, string type, string message, int? code = null)
    {
        Status = status;
        Type = type;
        Message = message;
        var members = $"\"error\":\"{type}\",\"message\":\"{message}\",\"code\":{code ?? status}}}";
        Body = Encoding.UTF8.GetBytes($$"""{"{{MagicId}}":1,{{members}}""");
        TunnelBody = status < StatusCodes.Status500InternalServerError ? Body : Encoding.UTF8.GetBytes("{" + members);
    }

    public static LoginFailure LoginHeaderMissing { get; } =
        new(400, LoginErrors.InvalidRequest, $"{LoginHeaders.Code} is missing, or only one of {LoginHeaders.EncryptedData} and {LoginHeaders.Iv} is there");

    public static LoginFailure CheckHeaderMissing { get; } = new(401, LoginErrors.InvalidRequest, $"{LoginHeaders.Skey} is missing");

    public static LoginFailure Malformed { get; } = new(400, LoginErrors.InvalidRequest, "A login header is malformed");

    public static LoginFailure LoginRefused { get; } = new(401, LoginErrors.LoginFailed, "The login was refused");

    public static LoginFailure LoginUnavailable { get; } = new(502, LoginErrors.LoginFailed, "The session server failed");

    public static LoginFailure LoginTimedOut { get; } = new(504, LoginErrors.LoginFailed, "The session server did not answer in time");

    // The Wafer 2 client logs in again on code -1, so that no other failure may have it.
    public static LoginFailure InvalidSession { get; } = new(401, LoginErrors.InvalidSession, "The session is not valid", -1);

    public static LoginFailure CheckUnavailable { get; } = new(502, LoginErrors.CheckLoginFailed, "The session server failed");

    public static LoginFailure CheckTimedOut { get; } = new(504, LoginErrors.CheckLoginFailed, "The session server did not answer in time");

    // 400 and not 401, at which the Wafer 2 client would log in in order to log out.
    public static LoginFailure LogoutHeaderMissing { get; } = new(400, LoginErrors.InvalidRequest, $"{LoginHeaders.Skey} is missing");

    public static LoginFailure LogoutUnsupported { get; } = new(502, LoginErrors.LogoutFailed, "The session server cannot end sessions");

    public static LoginFailure LogoutUnavailable { get; } = new(502, LoginErrors.LogoutFailed, "The session server failed");

    public static LoginFailure LogoutTimedOut { get; } = new(504, LoginErrors.LogoutFailed, "The session server did not answer in time");

    /// <summary>The HTTP status of the answer.</summary>
    public int Status { get; }

    /// <summary>The <c>error</c> member: a member of <see cref="LoginErrors"/>.</summary>
    public string Type { get; }

    /// <summary>The <c>message</c> member.</summary>
    public string Message { get; }

    /// <summary>The whole answer as UTF-8 JSON.</summary>
    public ReadOnlyMemory<byte> Body { get; }

    /// <summary>
    /// The same for a phone that asks for a tunnel. At the magic id the official client forgets its session, and on this path it never logs in: one
    /// bad moment of the session server would end all its tries to come back.
    /// </summary>
    public ReadOnlyMemory<byte> TunnelBody { get; }

    /// <summary>What a session server's refusal of a login means to the phone: another code may do, or nothing that the phone can change.</summary>
    public static LoginFailure OfLogin(int code) =>
        code is SessionCode.CodeRefused or SessionCode.DecryptFailed or SessionCode.MissingParameter ? LoginRefused : LoginUnavailable;

    /// <summary>What a session server's refusal of a check means to the phone.</summary>
    public static LoginFailure OfCheck(int code) =>
        code is SessionCode.SessionExpired or SessionCode.SessionFailed ? InvalidSession : CheckUnavailable;

    /// <summary>Writes the failure as the whole answer.</summary>
    public Task WriteAsync(HttpContext context) => LoginBody.WriteAsync(context, Status, Body);
}
