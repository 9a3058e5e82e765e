using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using Weapp.Protocol.Text;

namespace Weapp.Protocol.Packets;

/// <summary>
/// A packet from the tunnel server to the app: <c>{"tunnelId":"…","type":"connect"|"message"|"close","content"?:"…"}</c> (protocol section 5).
/// </summary>
public readonly ref struct EventPacket
{
    /// <summary>The longest tunnel id, in characters.</summary>
    public const int MaxTunnelIdLength = 128;

    /// <summary>What happened.</summary>
    public PacketType Type { get; private init; }

    /// <summary>The tunnel; null only where <see cref="Type"/> is <see cref="PacketType.Unknown"/>.</summary>
    public string? TunnelId { get; private init; }

    /// <summary>Whether the packet had a <c>content</c> other than null.</summary>
    public bool HasContent { get; private init; }

    /// <summary>The decoded text of <c>content</c>.</summary>
    public ReadOnlySpan<byte> Content { get; private init; }

    /// <summary>Reads a packet.</summary>
    /// <param name="data">The envelope's data: valid UTF-8.</param>
    /// <param name="scratch">At least as long as the envelope's scratch memory, not overlapping; <see cref="Content"/> starts at its first byte.</param>
    /// <param name="packet">The packet, valid as long as <paramref name="scratch"/> is.</param>
    /// <param name="rejection">9004 with the reasons of protocol section 5.</param>
    public static bool TryRead(
        ReadOnlySpan<byte> data, Span<byte> scratch, out EventPacket packet, [NotNullWhen(false)] out Rejection? rejection)
    {
        packet = default;
        try
        {
            rejection = TryRead(data, scratch, out packet) ? null : Rejection.BadPacket;
        }
        catch (JsonException)
        {
            rejection = Rejection.BadPacket;
        }

        return rejection is null;
    }

    /// <summary>Writes a packet as the tunnel server sends it.</summary>
    /// <param name="output">Takes the JSON text.</param>
    /// <param name="tunnelId">The tunnel.</param>
    /// <param name="type">What happened.</param>
    /// <param name="content">A message's content: the phone's text as it came. Ignored for other types.</param>
    public static void Write(IBufferWriter<byte> output, string tunnelId, PacketType type, ReadOnlySpan<byte> content)
    {
        output.Write("{\"tunnelId\":\""u8);
        Span<byte> id = stackalloc byte[MaxTunnelIdLength * 3];
        JsonText.WriteEscaped(id[..Encoding.UTF8.GetBytes(tunnelId, id)], output);
        output.Write("\",\"type\":\""u8);
        output.Write(Name(type));
        if (type == PacketType.Message)
        {
            output.Write("\",\"content\":\""u8);
            JsonText.WriteEscaped(content, output);
        }

        output.Write("\"}"u8);
    }

    /// <summary>Whether a text can name a tunnel: 1 to 128 characters, none of them a control character.</summary>
    /// <param name="tunnelId">The text.</param>
    public static bool IsTunnelId([NotNullWhen(true)] string? tunnelId)
    {
        if (tunnelId is not { Length: > 0 and <= MaxTunnelIdLength })
            return false;
        foreach (var c in tunnelId)
        {
            if (char.IsControl(c))
                return false;
        }

        return true;
    }

    internal static ReadOnlySpan<byte> Name(PacketType type) => type switch
    {
        PacketType.Connect => "connect"u8,
        PacketType.Message => "message"u8,
        PacketType.Close => "close"u8,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Only known packet types are written."),
    };

    internal static PacketType Parse(in Utf8JsonReader reader) =>
        reader.ValueTextEquals("message"u8) ? PacketType.Message
        : reader.ValueTextEquals("connect"u8) ? PacketType.Connect
        : reader.ValueTextEquals("close"u8) ? PacketType.Close
        : PacketType.Unknown;

    private static bool TryRead(ReadOnlySpan<byte> data, Span<byte> scratch, out EventPacket packet)
    {
        packet = default;
        var reader = new Utf8JsonReader(data, JsonText.Strict);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
            return false;

        string? tunnelId = null;
        var type = PacketType.Unknown;
        var contentLength = -1;
        var seen = Members.None;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (!StrictReader.IsWellFormed(in reader))
                return false;
            var member = reader.ValueTextEquals("tunnelId"u8) ? Members.TunnelId
                : reader.ValueTextEquals("type"u8) ? Members.Type
                : reader.ValueTextEquals("content"u8) ? Members.Content
                : Members.None;
            if ((seen & member) != 0)
                return false;
            seen |= member;
            reader.Read();
            if (member == Members.None)
            {
                if (!StrictReader.TrySkip(ref reader))
                    return false;
                continue;
            }

            if (reader.TokenType == JsonTokenType.Null)
                continue;
            if (reader.TokenType != JsonTokenType.String || (member != Members.Content && !StrictReader.IsWellFormed(in reader)))
                return false;
            switch (member)
            {
                case Members.TunnelId:
                    if (!StrictReader.TryGetString(in reader, out tunnelId))
                        return false;
                    break;
                case Members.Type:
                    type = Parse(in reader);
                    break;
                default:
                    if (!JsonText.TryUnescape(reader.ValueSpan, scratch, out contentLength))
                        return false;
                    break;
            }
        }

        // Text after the object makes this throw.
        reader.Read();
        if (type != PacketType.Unknown && !IsTunnelId(tunnelId))
            return false;
        packet = new EventPacket
        {
            Type = type,
            TunnelId = tunnelId,
            HasContent = contentLength >= 0,
            Content = scratch[..Math.Max(contentLength, 0)],
        };
        return true;
    }

    [Flags]
    private enum Members
    {
        None = 0,
        TunnelId = 1,
        Type = 2,
        Content = 4,
    }
}
