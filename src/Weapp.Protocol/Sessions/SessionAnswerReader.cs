using System.Text;
using System.Text.Json;
using Weapp.Protocol.Text;

namespace Weapp.Protocol.Sessions;

/// <summary>Reads a session server's answers. False always means that the answer cannot be used, never that it is a refusal.</summary>
public static class SessionAnswerReader
{
    /// <summary>The longest id or skey that is taken.</summary>
    public const int MaxKeyLength = 256;

    private delegate T? ValueReader<T>(JsonElement returnData)
        where T : class;

    /// <summary>Reads the answer to a login.</summary>
    /// <param name="body">The answer's body.</param>
    /// <param name="answer">The answer.</param>
    /// <returns>False for text that is no strict JSON, has no integer <c>returnCode</c>, or says 0 without a usable session.</returns>
    public static bool TryReadLogin(ReadOnlyMemory<byte> body, out SessionAnswer<SessionGrant> answer) => TryRead(body, ReadGrant, out answer);

    /// <summary>Reads the answer to a check or to a logout.</summary>
    /// <param name="body">The answer's body.</param>
    /// <param name="answer">The answer.</param>
    /// <returns>False for text that is no strict JSON, has no integer <c>returnCode</c>, or says 0 without a readable user.</returns>
    public static bool TryReadCheck(ReadOnlyMemory<byte> body, out SessionAnswer<UserInfo> answer) => TryRead(body, ReadUser, out answer);

    /// <summary>Reads the answer to a decryption.</summary>
    /// <param name="body">The answer's body.</param>
    /// <param name="answer">The answer.</param>
    /// <returns>False for text that is no strict JSON, has no integer <c>returnCode</c>, or says 0 without the plain text.</returns>
    public static bool TryReadDecrypt(ReadOnlyMemory<byte> body, out SessionAnswer<string> answer) => TryRead(body, ReadPlain, out answer);

    private static bool TryRead<T>(ReadOnlyMemory<byte> body, ValueReader<T> readValue, out SessionAnswer<T> answer)
        where T : class
    {
        answer = default;
        if (!StrictDocument.TryParse(body, out var document))
            return false;
        using (document)
        {
            if (document.RootElement is not { ValueKind: JsonValueKind.Object } root
                || !root.TryGetProperty("returnCode"u8, out var returnCode)
                || returnCode.ValueKind != JsonValueKind.Number
                || !returnCode.TryGetInt32(out var code))
                return false;
            var message = root.Text("returnMessage"u8) ?? "";
            if (code != SessionCode.Ok)
            {
                answer = new SessionAnswer<T>(code, message, null);
                return true;
            }

            if (!root.TryGetProperty("returnData"u8, out var data) || readValue(data) is not { } value)
                return false;
            answer = new SessionAnswer<T>(code, message, value);
            return true;
        }
    }

    private static SessionGrant? ReadGrant(JsonElement data)
    {
        if (ReadUser(data) is not { } user || data.Text("id"u8) is not { } id || data.Text("skey"u8) is not { } skey || !IsKey(id) || !IsKey(skey))
            return null;
        var seconds = data.TryGetProperty("duration"u8, out var duration)
            && duration.ValueKind == JsonValueKind.Number
            && duration.TryGetInt32(out var value) ? Math.Max(value, 0) : 0;
        return new SessionGrant(id, skey, user) { Duration = TimeSpan.FromSeconds(seconds) };
    }

    private static UserInfo? ReadUser(JsonElement data)
    {
        if (data.ValueKind != JsonValueKind.Object)
            return null;
        if (!data.TryGetProperty("user_info"u8, out var info) || info.ValueKind == JsonValueKind.Null)
            return new UserInfo();
        // Some session servers store the profile as text, and send it so.
        if (info.ValueKind == JsonValueKind.String)
            return UserInfoJson.TryRead(Encoding.UTF8.GetBytes(info.GetString()!), out var nested) ? nested : null;
        return UserInfoJson.TryRead(info, out var user) ? user : null;
    }

    private static string? ReadPlain(JsonElement data) => data.ValueKind switch
    {
        JsonValueKind.String => data.GetString(),
        JsonValueKind.Object => data.GetRawText(),
        _ => null,
    };

    /// <summary>They go into HTTP headers: nothing that is not visible ASCII.</summary>
    private static bool IsKey(string text) => text.Length <= MaxKeyLength && !text.AsSpan().ContainsAnyExceptInRange('!', '~');
}
