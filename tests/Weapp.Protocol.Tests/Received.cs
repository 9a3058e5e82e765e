using System.Text;
using Weapp.Protocol.Envelopes;
using Weapp.Protocol.Packets;
using Weapp.Protocol.Signatures;

namespace Weapp.Protocol.Tests;

/// <summary>What an app makes of a request body: the stages of the wire in their order, on memory with guards around it.</summary>
public sealed record Received
{
    /// <summary>The key under which all captured traffic is signed.</summary>
    public const string Key = "9f338d1f0ecc37d25ac7b161c1d7bf72";

    private const int Guard = 64;

    private static readonly TunnelSignature Signature = new(Key);

    public int Status { get; private init; } = 200;

    public int Code { get; private init; }

    public PacketType Type { get; private init; }

    public string? TunnelId { get; private init; }

    public string? MessageType { get; private init; }

    public ContentKind Kind { get; private init; }

    public string? Content { get; private init; }

    public static Received Post(string body) => Post(Encoding.UTF8.GetBytes(body));

    public static Received Post(byte[] body)
    {
        var size = Envelope.ScratchLength(body.Length);
        var first = Guarded(size);
        var second = Guarded(size);
        var received = Read(body, first.AsSpan(Guard, size), second.AsMemory(Guard, size));
        Assert.True(IsIntact(first) && IsIntact(second), "Bytes outside the scratch memory were written.");
        return received;
    }

    /// <summary>The body of an event with that data, rightly signed.</summary>
    public static byte[] Sign(string data) => Sign(Encoding.UTF8.GetBytes(data));

    public static byte[] Sign(byte[] data)
    {
        using var output = new PooledBuffer();
        EnvelopeWriter.Write(output, data, Signature);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>The body of a message event with that content.</summary>
    public static byte[] Message(string content, EventStamp? stamp = null)
    {
        using var data = new PooledBuffer();
        EventPacket.Write(data, "tunnel1", PacketType.Message, Encoding.UTF8.GetBytes(content), stamp);
        return Sign(data.WrittenSpan.ToArray());
    }

    private static Received Read(byte[] body, Span<byte> first, Memory<byte> second)
    {
        if (!Envelope.TryRead(body, first, out var envelope, out var rejection))
            return Refused(rejection);
        if (!Signature.Verify(envelope.Data, envelope.Signature))
            return Refused(Rejection.BadSignature);
        if (!EventPacket.TryRead(envelope.Data, second.Span, out var packet, out rejection))
            return Refused(rejection);
        if (packet.Type != PacketType.Message)
            return new Received { Type = packet.Type, TunnelId = packet.TunnelId };
        var message = packet.HasContent ? MessageText.Read(second[..packet.Content.Length]) : MessageText.Empty;
        return new Received
        {
            Type = packet.Type,
            TunnelId = packet.TunnelId,
            MessageType = Encoding.UTF8.GetString(message.Type.Span),
            Kind = message.Kind,
            Content = message.Kind == ContentKind.None ? null : Encoding.UTF8.GetString(message.Content.Span),
        };
    }

    private static Received Refused(Rejection rejection) => new() { Status = rejection.Status, Code = rejection.Code };

    private static byte[] Guarded(int size)
    {
        var memory = new byte[size + (2 * Guard)];
        Array.Fill(memory, (byte)0xA5);
        return memory;
    }

    private static bool IsIntact(byte[] memory) =>
        !memory.AsSpan(0, Guard).ContainsAnyExcept((byte)0xA5) && !memory.AsSpan(memory.Length - Guard).ContainsAnyExcept((byte)0xA5);
}
