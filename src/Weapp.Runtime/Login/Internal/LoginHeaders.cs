using System.Buffers.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Weapp.Protocol.Sessions;

namespace Weapp.Login;

/// <summary>How far a request's login headers got.</summary>
internal enum HeaderState
{
    /// <summary>They can be used.</summary>
    Ok,

    /// <summary>A needed one is missing or empty.</summary>
    Missing,

    /// <summary>One is given twice, is too long, or has characters that no client would send.</summary>
    Malformed,
}

/// <summary>The <c>X-WX-…</c> headers of protocol section 2.</summary>
internal static class LoginHeaders
{
    public const string Code = "X-WX-Code";
    public const string EncryptedData = "X-WX-Encrypted-Data";
    public const string Iv = "X-WX-IV";
    public const string Id = "X-WX-Id";
    public const string Skey = "X-WX-Skey";

    private const int MaxCode = 128;
    private const int MaxEncryptedData = 16 * 1024;
    private const int BlockLength = 16;

    /// <summary>Reads what a login needs: the code, and encrypted data and iv both or neither.</summary>
    public static HeaderState TryReadLogin(IHeaderDictionary headers, out SessionLoginRequest? request)
    {
        request = null;
        if (!TryGet(headers, Code, MaxCode, out var code)
            || !TryGet(headers, EncryptedData, MaxEncryptedData, out var data)
            || !TryGet(headers, Iv, SessionAnswerReader.MaxKeyLength, out var iv))
            return HeaderState.Malformed;
        if (code is null || data is null != iv is null)
            return HeaderState.Missing;
        if (!code.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
            return HeaderState.Malformed;
        if (data is not null
            && !(Base64.IsValid(data, out var length) && length > 0 && length % BlockLength == 0 && Base64.IsValid(iv, out length) && length == BlockLength))
            return HeaderState.Malformed;
        request = new SessionLoginRequest(code, data, iv);
        return HeaderState.Ok;
    }

    /// <summary>Reads what a check needs: the skey, and the id where there is one.</summary>
    public static HeaderState TryReadCheck(IHeaderDictionary headers, out string? id, out string skey)
    {
        skey = "";
        if (!TryGet(headers, Id, SessionAnswerReader.MaxKeyLength, out id) || !TryGet(headers, Skey, SessionAnswerReader.MaxKeyLength, out var value))
            return HeaderState.Malformed;
        skey = value ?? "";
        return value is null ? HeaderState.Missing : HeaderState.Ok;
    }

    /// <summary>Takes one header; null where it is missing or empty, false where it is no single plain value.</summary>
    private static bool TryGet(IHeaderDictionary headers, string name, int maxLength, out string? value)
    {
        value = null;
        var values = headers[name];
        if (StringValues.IsNullOrEmpty(values))
            return true;
        // A comma is where somebody on the way has joined two headers.
        if (values.Count > 1 || values[0] is not { } text || text.Length > maxLength || text.AsSpan().ContainsAnyExceptInRange('!', '~') || text.Contains(','))
            return false;
        value = text;
        return true;
    }
}
