using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
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
        try
        {
            rejection = TryReadAll(data, list) ? null : Rejection.BadPacket;
        }
        catch (JsonException)
        {
            rejection = Rejection.BadPacket;
        }

        return rejection is null;
    }

    private static bool TryReadAll(ReadOnlySpan<byte> data, List<PushPacket> packets)
    {
        var reader = new Utf8JsonReader(data, JsonText.Strict);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartArray)
            return false;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.StartObject || !TryRead(ref reader, out var packet))
                return false;
            packets.Add(packet);
        }

        // Text after the array makes this throw.
        reader.Read();
        return true;
    }

    private static bool TryRead(ref Utf8JsonReader reader, out PushPacket packet)
    {
        packet = default;
        List<string>? ids = null;
        var type = PacketType.Unknown;
        byte[]? content = null;
        var seen = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (!StrictReader.IsWellFormed(in reader))
                return false;
            var member = reader.ValueTextEquals("tunnelIds"u8) ? 1
                : reader.ValueTextEquals("type"u8) ? 2
                : reader.ValueTextEquals("content"u8) ? 4
                : 0;
            if ((seen & member) != 0)
                return false;
            seen |= member;
            reader.Read();
            if (reader.TokenType == JsonTokenType.String && !StrictReader.IsWellFormed(in reader))
                return false;
            switch (member)
            {
                case 1:
                    if (!TryReadIds(ref reader, out ids))
                        return false;
                    break;
                case 2:
                    if (reader.TokenType != JsonTokenType.String)
                        return false;
                    type = EventPacket.Parse(in reader);
                    break;
                case 4 when reader.TokenType == JsonTokenType.String:
                    StrictReader.TryGetText(in reader, out var text);
                    content = text.ToArray();
                    break;
                case 4 when reader.TokenType == JsonTokenType.Null:
                    break;
                case 4:
                    return false;
                default:
                    if (!StrictReader.TrySkip(ref reader))
                        return false;
                    break;
            }
        }

        if (ids is null || type is not (PacketType.Message or PacketType.Close))
            return false;
        if (type == PacketType.Message && !IsJsonObject(content))
            return false;
        packet = new PushPacket(ids, type, type == PacketType.Message ? content : default(ReadOnlyMemory<byte>));
        return true;
    }

    private static bool TryReadIds(ref Utf8JsonReader reader, out List<string> ids)
    {
        ids = [];
        if (reader.TokenType != JsonTokenType.StartArray)
            return false;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.String || !StrictReader.TryGetString(in reader, out var id))
                return false;
            ids.Add(id);
        }

        return true;
    }

    private static bool IsJsonObject(ReadOnlySpan<byte> text)
    {
        var reader = new Utf8JsonReader(text, JsonText.Strict);
        return reader.Read() && reader.TokenType == JsonTokenType.StartObject && StrictReader.TryDrain(ref reader);
    }
}
