using System.Buffers;
using System.Globalization;
using System.Text;

namespace Weapp.Protocol.Frames;

/// <summary>What a WebSocket text frame says (protocol section 7).</summary>
public enum FrameType
{
    /// <summary>A type that is ignored.</summary>
    Unknown,

    /// <summary><c>ping</c></summary>
    Ping,

    /// <summary><c>pong</c></summary>
    Pong,

    /// <summary><c>message:…</c></summary>
    Message,

    /// <summary><c>close</c></summary>
    Close,

    /// <summary><c>timeout:N</c></summary>
    Timeout,
}

/// <summary>WebSocket text frames between phone and tunnel server: <c>type</c> or <c>type:content</c> (protocol section 7).</summary>
public static class TunnelFrame
{
    /// <summary>The frame <c>ping</c>.</summary>
    public static ReadOnlyMemory<byte> Ping { get; } = "ping"u8.ToArray();

    /// <summary>The frame <c>pong</c>.</summary>
    public static ReadOnlyMemory<byte> Pong { get; } = "pong"u8.ToArray();

    /// <summary>The frame <c>close</c>: the official client ends the tunnel for good and does not come back.</summary>
    public static ReadOnlyMemory<byte> Close { get; } = "close"u8.ToArray();

    /// <summary>Reads a frame.</summary>
    /// <param name="frame">The frame's text as UTF-8.</param>
    /// <param name="content">What follows the first colon; empty where there is none.</param>
    public static FrameType Read(ReadOnlySpan<byte> frame, out ReadOnlySpan<byte> content)
    {
        var colon = frame.IndexOf((byte)':');
        content = colon < 0 ? default : frame[(colon + 1)..];
        var type = colon < 0 ? frame : frame[..colon];
        return type.SequenceEqual("message"u8) ? FrameType.Message
            : type.SequenceEqual("ping"u8) ? FrameType.Ping
            : type.SequenceEqual("close"u8) ? FrameType.Close
            : type.SequenceEqual("pong"u8) ? FrameType.Pong
            : type.SequenceEqual("timeout"u8) ? FrameType.Timeout
            : FrameType.Unknown;
    }

    /// <summary>The first frame of every connection, <c>timeout:N</c>: how often the phone is to ping.</summary>
    /// <param name="pingInterval">The interval; written in seconds, with a fraction where it has one.</param>
    public static byte[] Timeout(TimeSpan pingInterval) =>
        Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"timeout:{pingInterval.TotalSeconds}"));

    /// <summary>Writes a frame <c>message:…</c>.</summary>
    /// <param name="output">Takes the frame.</param>
    /// <param name="content">The JSON text of a message object: the official client throws on anything else.</param>
    public static void WriteMessage(IBufferWriter<byte> output, ReadOnlySpan<byte> content)
    {
        output.Write("message:"u8);
        output.Write(content);
    }
}
