using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
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
        try
        {
            if (!TryReadTexts(data, out var tunnelId, out var connectUrl))
                problem = "the data is no object with the texts tunnelId and connectUrl";
            else if (!EventPacket.IsTunnelId(tunnelId))
                problem = "the tunnelId is not 1 to 128 characters without control characters";
            else if (!IsConnectUrl(connectUrl))
                problem = "the connectUrl is no plain ws:// or wss:// address";
            else
            {
                problem = null;
                grant = new TunnelGrant(tunnelId, connectUrl);
            }
        }
        catch (JsonException)
        {
            problem = data.IsEmpty ? "the data is missing" : "the data is no JSON";
        }

        return grant is not null;
    }

    public static bool TryReadPushResult(
        ReadOnlySpan<byte> data,
        IReadOnlyCollection<string> sent,
        [NotNullWhen(true)] out PushResult? result,
        [NotNullWhen(false)] out string? problem)
    {
        result = null;
        problem = null;
        try
        {
            if (data.IsEmpty)
                result = PushResult.AllValid;
            else if (!TryReadPushResult(data, sent, out result))
                problem = "the data is no object, or names its tunnels twice";
        }
        catch (JsonException)
        {
            problem = "the data is no JSON";
        }

        return problem is null;
    }

    private static bool TryReadTexts(
        ReadOnlySpan<byte> data, [NotNullWhen(true)] out string? tunnelId, [NotNullWhen(true)] out string? connectUrl)
    {
        tunnelId = null;
        connectUrl = null;
        var reader = new Utf8JsonReader(data, JsonText.Strict);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
            return false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (!StrictReader.IsWellFormed(in reader))
                return false;
            var isId = reader.ValueTextEquals("tunnelId"u8);
            var isUrl = reader.ValueTextEquals("connectUrl"u8);
            reader.Read();
            if (!isId && !isUrl)
            {
                if (!StrictReader.TrySkip(ref reader))
                    return false;
                continue;
            }

            if ((isId ? tunnelId : connectUrl) is not null
                || reader.TokenType != JsonTokenType.String
                || !StrictReader.TryGetString(in reader, out var text))
            {
                return false;
            }

            if (isId)
                tunnelId = text;
            else
                connectUrl = text;
        }

        // Text after the object makes this throw.
        reader.Read();
        return tunnelId is not null && connectUrl is not null;
    }

    private static bool TryReadPushResult(
        ReadOnlySpan<byte> data, IReadOnlyCollection<string> sent, [NotNullWhen(true)] out PushResult? result)
    {
        result = null;
        var reader = new Utf8JsonReader(data, JsonText.Strict);
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null)
        {
            reader.Read();
            result = PushResult.AllValid;
            return true;
        }

        if (reader.TokenType != JsonTokenType.StartObject)
            return false;
        List<string>? invalid = null, undelivered = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (!StrictReader.IsWellFormed(in reader))
                return false;
            var isInvalid = reader.ValueTextEquals("invalidTunnelIds"u8);
            var isUndelivered = reader.ValueTextEquals("undeliveredTunnelIds"u8);
            reader.Read();
            if ((isInvalid && invalid is not null) || (isUndelivered && undelivered is not null))
                return false;
            if (!isInvalid && !isUndelivered)
            {
                if (!StrictReader.TrySkip(ref reader))
                    return false;
                continue;
            }

            if (!TryReadIds(ref reader, sent, out var ids))
                return false;
            if (isInvalid)
                invalid = ids;
            else
                undelivered = ids;
        }

        // Text after the object makes this throw.
        reader.Read();
        result = invalid is null or [] && undelivered is null or []
            ? PushResult.AllValid
            : new PushResult(invalid ?? []) { UndeliveredTunnelIds = undelivered ?? [] };
        return true;
    }

    /// <summary>The ids of an array that were sent, each once; a value that is no array has none.</summary>
    private static bool TryReadIds(ref Utf8JsonReader reader, IReadOnlyCollection<string> sent, out List<string> ids)
    {
        ids = [];
        if (reader.TokenType != JsonTokenType.StartArray)
            return StrictReader.TrySkip(ref reader);
        HashSet<string>? open = null;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.String)
            {
                if (!StrictReader.TrySkip(ref reader))
                    return false;
                continue;
            }

            if (!StrictReader.TryGetString(in reader, out var id))
                return false;
            open ??= [.. sent];
            if (open.Remove(id))
                ids.Add(id);
        }

        return true;
    }

    private static bool IsConnectUrl(string url) =>
        url.Length <= MaxConnectUrlLength
        && !url.Any(static c => c is <= ' ' or '#' or '\\' or '\x7f')
        && Uri.TryCreate(url, UriKind.Absolute, out var uri)
        && uri.Scheme is "ws" or "wss"
        && uri.Host.Length > 0
        && uri.UserInfo.Length == 0;
}
