using System.Text.Json;
using Weapp.Protocol.Sessions;
using Weapp.Protocol.Text;

namespace Weapp.SessionServer.WeChat;

/// <summary>What came back from a call to WeChat. No record: its text would show the answer.</summary>
/// <param name="code">0 where WeChat said something, else the session protocol's code for the failure.</param>
/// <param name="errcode">WeChat's own code: 0 for success.</param>
/// <param name="json">The answer, an object; undefined unless <paramref name="code"/> is 0.</param>
internal readonly struct WeChatReply(int code, int errcode, JsonElement json)
{
    // Busy, or asked too often: the same again later may do.
    private const int Busy = -1;
    private const int TooOften = 45011;

    // Of the access token, not of the call: another token may do.
    private const int TokenInvalid = 40001;
    private const int TokenMalformed = 40014;
    private const int TokenExpired = 42001;

    public int Code { get; } = code;

    public int Errcode { get; } = errcode;

    public JsonElement Json { get; } = json;

    public bool IsSuccess => Code == SessionCode.Ok && Errcode == 0;

    public bool IsTransient => Code == SessionCode.Ok && Errcode is Busy or TooOften;

    public bool IsAboutToken => Code == SessionCode.Ok && Errcode is TokenInvalid or TokenMalformed or TokenExpired;

    public static WeChatReply Failed(int code) => new(code, 0, default);

    /// <summary>Reads an answer; says in words what is wrong with one that cannot be used.</summary>
    public static WeChatReply Read(ReadOnlyMemory<byte> body, out string? fault)
    {
        fault = null;
        if (!StrictDocument.TryParse(body, out var document))
        {
            fault = "no strict JSON";
            return Failed(SessionCode.WeChatAnswerUnusable);
        }

        using (document)
        {
            var errcode = 0;
            if (document.RootElement is not { ValueKind: JsonValueKind.Object } root)
                fault = "no JSON object";
            else if (root.TryGetProperty("errcode"u8, out var error) && (error.ValueKind != JsonValueKind.Number || !error.TryGetInt32(out errcode)))
                fault = "an errcode that is no number";
            return fault is null ? new WeChatReply(SessionCode.Ok, errcode, document.RootElement.Clone()) : Failed(SessionCode.WeChatAnswerUnusable);
        }
    }
}
