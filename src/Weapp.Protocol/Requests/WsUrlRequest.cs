using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Weapp.Protocol.Text;

namespace Weapp.Protocol.Requests;

/// <summary>The data of <c>/get/wsurl</c>: <c>{"receiveUrl":"https://…/tunnel","protocolType":"wss"}</c> (protocol section 6).</summary>
/// <param name="ReceiveUrl">Where the tunnel's events are to go. Read as it came: whether events may go there is the tunnel server's decision.</param>
/// <param name="ProtocolType"><c>wss</c> or <c>ws</c>.</param>
public readonly record struct WsUrlRequest(string ReceiveUrl, string ProtocolType = WsUrlRequest.Wss)
{
    /// <summary>The protocol type of every official SDK, and of a request that names none.</summary>
    public const string Wss = "wss";

    /// <summary>The protocol type of a tunnel without TLS.</summary>
    public const string Ws = "ws";

    /// <summary>Writes the request, byte for byte as the official SDK does.</summary>
    /// <param name="output">Takes the JSON text.</param>
    public void Write(IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        output.Write("{\"receiveUrl\":\""u8);
        JsonText.WriteEscaped(ReceiveUrl, output);
        output.Write("\",\"protocolType\":\""u8);
        JsonText.WriteEscaped(ProtocolType, output);
        output.Write("\"}"u8);
    }

    /// <summary>Reads the request; other members, such as <c>skey</c>, are ignored.</summary>
    /// <param name="data">The envelope's data: valid UTF-8.</param>
    /// <param name="request">The request.</param>
    /// <param name="rejection">9004 for anything but an object with a text <c>receiveUrl</c>, and <c>ws</c>, <c>wss</c> or nothing as <c>protocolType</c>.</param>
    public static bool TryRead(ReadOnlySpan<byte> data, out WsUrlRequest request, [NotNullWhen(false)] out Rejection? rejection)
    {
        rejection = TryRead(data, out request) ? null : Rejection.BadPacket;
        return rejection is null;
    }

    private static bool TryRead(ReadOnlySpan<byte> data, out WsUrlRequest request)
    {
        request = default;
        var cursor = new JsonCursor(data);
        if (!cursor.TryEnterObject())
            return false;
        string? receiveUrl = null, protocolType = null;
        bool hasUrl = false, hasType = false;
        while (cursor.NextMember(out var name))
        {
            var isUrl = name.SequenceEqual("receiveUrl"u8);
            var isType = name.SequenceEqual("protocolType"u8);
            if ((isUrl && hasUrl) || (isType && hasType))
                return false;
            hasUrl |= isUrl;
            hasType |= isType;
            if ((!isUrl && !isType) || cursor.Peek() == 'n')
                cursor.TrySkip();
            else if (isUrl)
                cursor.TryReadText(out receiveUrl);
            else
                cursor.TryReadText(out protocolType);
        }

        if (!cursor.TryFinish() || string.IsNullOrEmpty(receiveUrl) || protocolType is not (null or Wss or Ws))
            return false;
        request = new WsUrlRequest(receiveUrl, protocolType ?? Wss);
        return true;
    }
}
