using System.Diagnostics.CodeAnalysis;
using Weapp.Protocol.Packets;
using Weapp.Protocol.Text;
using Weapp.Protocol.Tunnels;

namespace Weapp.Protocol.Answers;

/// <summary>What the data of a tunnel server's answers says, and every way in which it can be unusable.</summary>
internal static class AnswerData
{
    private const int MaxConnectUrlLength = 2048;

    public static bool TryReadGrant(ReadOnlySpan<byte> data, [NotNullWhen(true)] out TunnelGrant? grant, [NotNullWhen(false)] out string? problem)
    {
        grant = null;
        if (data.IsEmpty)
            problem = "the data is missing";
        else if (!TryReadGrantTexts(data, out var tunnelId, out var connectUrl))
            problem = "the data is no JSON object with the texts tunnelId and connectUrl";
        else if (!EventPacket.IsTunnelId(tunnelId))
            problem = "the tunnelId is not 1 to 128 characters without control characters";
        else if (!IsConnectUrl(connectUrl))
            problem = "the connectUrl is no plain ws:// or wss:// address";
        else
        {
            problem = null;
            grant = new TunnelGrant(tunnelId, connectUrl);
        }

        return grant is not null;
    }

    public static bool TryReadPushResult(
        ReadOnlySpan<byte> data,
        IReadOnlyCollection<string> sent,
        [NotNullWhen(true)] out PushResult? result,
        [NotNullWhen(false)] out string? problem)
    {
        result = data.IsEmpty || data.SequenceEqual("null"u8) ? PushResult.AllValid : ReadPushResult(data, sent);
        problem = result is null ? "the data is no JSON object, or names its tunnels twice" : null;
        return result is not null;
    }

    private static bool TryReadGrantTexts(
        ReadOnlySpan<byte> data, [NotNullWhen(true)] out string? tunnelId, [NotNullWhen(true)] out string? connectUrl)
    {
        tunnelId = null;
        connectUrl = null;
        var cursor = new JsonCursor(data);
        if (!cursor.TryEnterObject())
            return false;
        while (cursor.NextMember(out var name))
        {
            if (name.SequenceEqual("tunnelId"u8))
            {
                if (tunnelId is not null || !cursor.TryReadText(out tunnelId))
                    return false;
            }
            else if (name.SequenceEqual("connectUrl"u8))
            {
                if (connectUrl is not null || !cursor.TryReadText(out connectUrl))
                    return false;
            }
            else
            {
                cursor.TrySkip();
            }
        }

        return cursor.TryFinish() && tunnelId is not null && connectUrl is not null;
    }

    private static PushResult? ReadPushResult(ReadOnlySpan<byte> data, IReadOnlyCollection<string> sent)
    {
        var cursor = new JsonCursor(data);
        if (!cursor.TryEnterObject())
            return null;
        List<string>? invalid = null, undelivered = null;
        while (cursor.NextMember(out var name))
        {
            if (name.SequenceEqual("invalidTunnelIds"u8))
            {
                if (invalid is not null)
                    return null;
                invalid = ReadIds(ref cursor, sent);
            }
            else if (name.SequenceEqual("undeliveredTunnelIds"u8))
            {
                if (undelivered is not null)
                    return null;
                undelivered = ReadIds(ref cursor, sent);
            }
            else
            {
                cursor.TrySkip();
            }
        }

        if (!cursor.TryFinish())
            return null;
        return invalid is null or [] && undelivered is null or []
            ? PushResult.AllValid
            : new PushResult(invalid ?? []) { UndeliveredTunnelIds = undelivered ?? [] };
    }

    /// <summary>The ids of an array that were sent, each once; a value that is no array has none.</summary>
    private static List<string> ReadIds(ref JsonCursor cursor, IReadOnlyCollection<string> sent)
    {
        List<string> ids = [];
        if (cursor.Peek() != '[')
        {
            cursor.TrySkip();
            return ids;
        }

        HashSet<string>? open = null;
        cursor.TryEnterArray();
        while (cursor.NextElement())
        {
            if (cursor.Peek() != '"')
            {
                cursor.TrySkip();
            }
            else if (cursor.TryReadText(out string? id))
            {
                open ??= [.. sent];
                if (open.Remove(id))
                    ids.Add(id);
            }
        }

        return ids;
    }

    private static bool IsConnectUrl(string url) =>
        url.Length <= MaxConnectUrlLength
        && !url.Any(static c => c is <= ' ' or '#' or '\\' or '\x7f')
        && Uri.TryCreate(url, UriKind.Absolute, out var uri)
        && uri.Scheme is "ws" or "wss"
        && uri.Host.Length > 0
        && uri.UserInfo.Length == 0;
}
