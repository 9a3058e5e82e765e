using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Weapp.Protocol.Text;

namespace Weapp.Protocol.Packets;

/// <summary>
/// A packet from the tunnel server to the app: <c>{"tunnelId":"…","type":"connect"|"message"|"close","content"?:"…"}</c> (protocol section 5),
/// and from our own tunnel server <c>"id":"…","seq":1,"ts":1700000000000</c> as well (section 9).
/// </summary>
public readonly ref struct EventPacket
{
    /// <summary>The longest tunnel id, in characters.</summary>
    public const int MaxTunnelIdLength = 128;

    private static readonly SearchValues<char> ControlCharacters =
        SearchValues.Create([.. Enumerable.Range(0, 0xA0).Select(static c => (char)c).Where(char.IsControl)]);

    /// <summary>What happened.</summary>
    public PacketType Type { get; private init; }

    /// <summary>The tunnel; null only where <see cref="Type"/> is <see cref="PacketType.Unknown"/> and there is no usable id.</summary>
    public string? TunnelId { get; private init; }

    /// <summary>Whether the packet had a <c>content</c> other than null.</summary>
    public bool HasContent { get; private init; }

    /// <summary>The decoded text of <c>content</c>.</summary>
    public ReadOnlySpan<byte> Content { get; private init; }

    /// <summary>The event's number among the tunnel's events, from 1; null where the tunnel server does not say.</summary>
    public long? Seq { get; private init; }

    /// <summary>When the tunnel server made this attempt, in milliseconds since 1970; null where it does not say.</summary>
    public long? Timestamp { get; private init; }

    private bool HasBadStamp { get; init; }

    /// <summary>Reads a packet.</summary>
    /// <param name="data">The envelope's data: valid UTF-8.</param>
    /// <param name="scratch">At least as long as the envelope's scratch memory, not overlapping; <see cref="Content"/> starts at its first byte.</param>
    /// <param name="packet">The packet, valid as long as <paramref name="scratch"/> is.</param>
    /// <param name="rejection">9004 with the reasons of protocol section 5; 9007 for a <c>seq</c> or <c>ts</c> that is no positive whole number.</param>
    public static bool TryRead(
        ReadOnlySpan<byte> data, Span<byte> scratch, out EventPacket packet, [NotNullWhen(false)] out Rejection? rejection)
    {
        rejection = TryRead(data, scratch, out packet) ? packet.HasBadStamp ? Rejection.BadStamp : null : Rejection.BadPacket;
        return rejection is null;
    }

    /// <summary>Writes a packet as the tunnel server sends it.</summary>
    /// <param name="output">Takes the JSON text.</param>
    /// <param name="tunnelId">The tunnel.</param>
    /// <param name="type">What happened.</param>
    /// <param name="content">A message's content: the phone's text as it came. Ignored for other types.</param>
    /// <param name="stamp">What tells the event from others; null for a packet as the old tunnel servers send it.</param>
    public static void Write(IBufferWriter<byte> output, string tunnelId, PacketType type, ReadOnlySpan<byte> content, EventStamp? stamp = null)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(tunnelId);
        output.Write("{\"tunnelId\":\""u8);
        JsonText.WriteEscaped(tunnelId, output);
        output.Write("\",\"type\":\""u8);
        output.Write(Name(type));
        if (type == PacketType.Message)
        {
            output.Write("\",\"content\":\""u8);
            JsonText.WriteEscaped(content, output);
        }

        if (stamp is not { } known)
        {
            output.Write("\"}"u8);
            return;
        }

        output.Write("\",\"id\":\""u8);
        JsonText.WriteEscaped(known.Id, output);
        output.Write("\""u8);
        if (known.Seq is { } seq)
            WriteNumber(output, ",\"seq\":"u8, seq);
        WriteNumber(output, ",\"ts\":"u8, known.Timestamp);
        output.Write("}"u8);
    }

    /// <summary>Whether a text can name a tunnel: 1 to 128 characters, none of them a control character.</summary>
    /// <param name="tunnelId">The text.</param>
    public static bool IsTunnelId([NotNullWhen(true)] string? tunnelId) =>
        tunnelId is { Length: > 0 and <= MaxTunnelIdLength } && !tunnelId.AsSpan().ContainsAny(ControlCharacters);

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

    private static void WriteNumber(IBufferWriter<byte> output, ReadOnlySpan<byte> name, long value)
    {
        output.Write(name);
        Utf8Formatter.TryFormat(value, output.GetSpan(20), out var length);
        output.Advance(length);
    }

    private static bool TryRead(ReadOnlySpan<byte> data, Span<byte> scratch, out EventPacket packet)
    {
        packet = default;
        var cursor = new JsonCursor(data);
        if (!cursor.TryEnterObject())
            return false;

        ReadOnlySpan<byte> id = default;
        var type = PacketType.Unknown;
        var contentLength = -1;
        long? seq = null, timestamp = null;
        var hasBadStamp = false;
        var seen = Members.None;
        while (cursor.NextMember(out var name))
        {
            var member = name.SequenceEqual("tunnelId"u8) ? Members.TunnelId
                : name.SequenceEqual("type"u8) ? Members.Type
                : name.SequenceEqual("content"u8) ? Members.Content
                : name.SequenceEqual("id"u8) ? Members.Id
                : name.SequenceEqual("seq"u8) ? Members.Seq
                : name.SequenceEqual("ts"u8) ? Members.Timestamp
                : Members.None;
            if ((seen & member) != 0)
                return false;
            seen |= member;
            if (member is Members.None or Members.Id || cursor.Peek() == 'n')
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
                case Members.Seq:
                    seq = ReadNumber(ref cursor);
                    hasBadStamp |= seq is null;
                    break;
                case Members.Timestamp:
                    timestamp = ReadNumber(ref cursor);
                    hasBadStamp |= timestamp is null;
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
            Seq = seq,
            Timestamp = timestamp,
            HasBadStamp = hasBadStamp && type != PacketType.Unknown,
        };
        return true;
    }

    // Null for anything but a positive whole number.
    private static long? ReadNumber(ref JsonCursor cursor)
    {
        if (cursor.Peek() is (byte)'-' or (>= (byte)'0' and <= (byte)'9'))
        {
            cursor.TryReadNumber(out var number);
            return Utf8Parser.TryParse(number, out long value, out var length) && length == number.Length && value > 0 ? value : null;
        }

        cursor.TrySkip();
        return null;
    }

    [Flags]
    private enum Members
    {
        None = 0,
        TunnelId = 1,
        Type = 2,
        Content = 4,
        Id = 8,
        Seq = 16,
        Timestamp = 32,
    }
}
