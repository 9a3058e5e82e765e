using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Weapp.Protocol.Text;

namespace Weapp.Protocol.Packets;

/// <summary>
/// A packet from the app to the tunnel server: <c>{"tunnelIds":["…"],"type":"message","content":"…"}</c>, or <c>close</c> without content (protocol section 6).
/// </summary>
/// <param name="TunnelIds">The tunnels that it is for.</param>
/// <param name="Type"><see cref="PacketType.Message"/> or <see cref="PacketType.Close"/>.</param>
/// <param name="Content">A message's JSON text <c>{"type":…,"content":…}</c> as UTF-8; empty on close.</param>
public readonly record struct PushPacket(IReadOnlyCollection<string> TunnelIds, PacketType Type, ReadOnlyMemory<byte> Content)
{
    /// <summary>Writes the <c>data</c> of a push with this packet alone.</summary>
    /// <param name="output">Takes the JSON text.</param>
    public void Write(IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        output.Write("[{\"tunnelIds\":"u8);
        JsonText.WriteArray(TunnelIds, output);
        output.Write(",\"type\":\""u8);
        output.Write(EventPacket.Name(Type));
        if (Type == PacketType.Message)
        {
            output.Write("\",\"content\":\""u8);
            JsonText.WriteEscaped(Content.Span, output);
        }

        output.Write("\"}]"u8);
    }

    /// <summary>Reads the <c>data</c> of a push.</summary>
    /// <param name="data">The envelope's data: valid UTF-8.</param>
    /// <param name="packets">The packets in their order.</param>
    /// <param name="rejection">
    /// 9004 for anything but an array of packets of known type, whose ids are strings and whose message content is the text of a JSON object:
    /// the official client throws on other frames.
    /// </param>
    public static bool TryReadAll(
        ReadOnlySpan<byte> data, out IReadOnlyList<PushPacket> packets, [NotNullWhen(false)] out Rejection? rejection)
    {
        var list = new List<PushPacket>();
        packets = list;
        rejection = TryReadAll(data, list) ? null : Rejection.BadPacket;
        return rejection is null;
    }

    private static bool TryReadAll(ReadOnlySpan<byte> data, List<PushPacket> packets)
    {
        var cursor = new JsonCursor(data);
        if (!cursor.TryEnterArray())
            return false;
        while (cursor.NextElement())
        {
            if (!TryRead(ref cursor, out var packet))
                return false;
            packets.Add(packet);
        }

        return cursor.TryFinish();
    }

    private static bool TryRead(ref JsonCursor cursor, out PushPacket packet)
    {
        packet = default;
        if (!cursor.TryEnterObject())
            return false;
        List<string>? ids = null;
        var type = PacketType.Unknown;
        byte[]? content = null;
        var seen = Members.None;
        while (cursor.NextMember(out var name))
        {
            var member = name.SequenceEqual("tunnelIds"u8) ? Members.TunnelIds
                : name.SequenceEqual("type"u8) ? Members.Type
                : name.SequenceEqual("content"u8) ? Members.Content
                : Members.None;
            if ((seen & member) != 0)
                return false;
            seen |= member;
            ReadOnlySpan<byte> text;
            switch (member)
            {
                case Members.TunnelIds:
                    ids = ReadIds(ref cursor);
                    break;
                case Members.Type:
                    cursor.TryReadText(out text);
                    type = EventPacket.Parse(text);
                    break;
                case Members.Content when cursor.Peek() != 'n':
                    cursor.TryReadText(out text);
                    content = text.ToArray();
                    break;
                default:
                    cursor.TrySkip();
                    break;
            }
        }

        var isMessage = type == PacketType.Message;
        if (ids is null || (isMessage ? !IsJsonObject(content) : type != PacketType.Close))
            return false;
        packet = new PushPacket(ids, type, isMessage ? content : default(ReadOnlyMemory<byte>));
        return true;
    }

    private static List<string> ReadIds(ref JsonCursor cursor)
    {
        List<string> ids = [];
        cursor.TryEnterArray();
        while (cursor.NextElement() && cursor.TryReadText(out string? id))
            ids.Add(id);
        return ids;
    }

    private static bool IsJsonObject(ReadOnlySpan<byte> text)
    {
        var cursor = new JsonCursor(text);
        return cursor.Peek() == '{' && cursor.TrySkip() && cursor.TryFinish();
    }

    [Flags]
    private enum Members
    {
        None = 0,
        TunnelIds = 1,
        Type = 2,
        Content = 4,
    }
}
