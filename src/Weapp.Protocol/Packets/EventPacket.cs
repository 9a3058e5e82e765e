using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;
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

    /// <summary>The tunnel; null only where <see cref="Type"/> is <see cref="PacketType.Unknown"/> and there is no usable id.</summary>
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
        rejection = TryRead(data, scratch, out packet) ? null : Rejection.BadPacket;
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

    internal static PacketType Parse(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("message"u8) ? PacketType.Message
        : name.SequenceEqual("connect"u8) ? PacketType.Connect
        : name.SequenceEqual("close"u8) ? PacketType.Close
        : PacketType.Unknown;

    private static bool TryRead(ReadOnlySpan<byte> data, Span<byte> scratch, out EventPacket packet)
    {
        packet = default;
        var cursor = new JsonCursor(data);
        if (!cursor.TryEnterObject())
            return false;

        ReadOnlySpan<byte> id = default;
        var type = PacketType.Unknown;
        var contentLength = -1;
        var seen = Members.None;
        while (cursor.NextMember(out var name))
        {
            var member = name.SequenceEqual("tunnelId"u8) ? Members.TunnelId
                : name.SequenceEqual("type"u8) ? Members.Type
                : name.SequenceEqual("content"u8) ? Members.Content
                : Members.None;
            if ((seen & member) != 0)
                return false;
            seen |= member;
            if (member == Members.None || cursor.Peek() == 'n')
            {
                cursor.TrySkip();
                continue;
            }

            switch (member)
            {
                case Members.TunnelId:
                    cursor.TryReadText(out id);
                    break;
                case Members.Type:
                    cursor.TryReadText(out ReadOnlySpan<byte> text);
                    type = Parse(text);
                    break;
                default:
                    cursor.TryReadText(scratch, out contentLength);
                    break;
            }
        }

        if (!cursor.TryFinish())
            return false;
        var tunnelId = id.Length <= MaxTunnelIdLength * 3 ? Encoding.UTF8.GetString(id) : null;
        if (!IsTunnelId(tunnelId))
        {
            if (type != PacketType.Unknown)
                return false;
            tunnelId = null;
        }

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
