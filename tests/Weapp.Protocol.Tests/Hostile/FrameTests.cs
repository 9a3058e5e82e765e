using System.Text;
using Weapp.Protocol.Frames;
using Weapp.Protocol.Packets;

namespace Weapp.Protocol.Tests.Hostile;

/// <summary>Text frames as phones send them, and as no phone does.</summary>
public sealed class FrameTests
{
    [Theory]
    [InlineData("")]
    [InlineData(":")]
    [InlineData("foo")]
    [InlineData("foo:bar")]
    [InlineData("MESSAGE:{}")]
    [InlineData(" ping")]
    [InlineData("ping\n")]
    [InlineData("messages:{}")]
    [InlineData(":message:{}")]
    public void Frames_of_no_known_type_are_ignored(string frame) => Assert.Equal(FrameType.Unknown, Read(frame).Type);

    [Theory]
    [InlineData("ping", FrameType.Ping, "")]
    [InlineData("ping:", FrameType.Ping, "")]
    [InlineData("pong", FrameType.Pong, "")]
    [InlineData("close", FrameType.Close, "")]
    [InlineData("timeout:0", FrameType.Timeout, "0")]
    [InlineData("message:a:b", FrameType.Message, "a:b")]
    public void Only_the_first_colon_separates(string frame, FrameType type, string content) => Assert.Equal((type, content), Read(frame));

    [Theory]
    [InlineData("message", "")]
    [InlineData("message:", "")]
    [InlineData("message:null", "null")]
    [InlineData("message:{", "{")]
    [InlineData("message:[]", "[]")]
    [InlineData("message:\\ud800", "\\ud800")]
    public void A_message_frame_of_any_text_is_an_event_with_that_text(string frame, string expected)
    {
        var (type, content) = Read(frame);
        Assert.Equal((FrameType.Message, expected), (type, content));

        var received = Received.Post(Received.Message(content));
        Assert.Equal((MessageText.UnknownRaw, ContentKind.Text, expected), (received.MessageType, received.Kind, received.Content));
    }

    [Theory]
    [InlineData(15_000, "timeout:15")]
    [InlineData(500, "timeout:0.5")]
    [InlineData(60, "timeout:0.06")]
    public void The_first_frame_counts_in_seconds(int milliseconds, string expected) =>
        Assert.Equal(expected, Encoding.UTF8.GetString(TunnelFrame.Timeout(TimeSpan.FromMilliseconds(milliseconds))));

    [Fact]
    public void Our_own_frames_are_read_back()
    {
        Assert.Equal(FrameType.Ping, TunnelFrame.Read(TunnelFrame.Ping.Span, out _));
        Assert.Equal(FrameType.Pong, TunnelFrame.Read(TunnelFrame.Pong.Span, out _));
        Assert.Equal(FrameType.Close, TunnelFrame.Read(TunnelFrame.Close.Span, out _));
        using var message = new PooledBuffer();
        TunnelFrame.WriteMessage(message, "{\"type\":\"a:b\"}"u8);
        Assert.Equal((FrameType.Message, "{\"type\":\"a:b\"}"), Read(Encoding.UTF8.GetString(message.WrittenSpan)));
    }

    private static (FrameType Type, string Content) Read(string frame)
    {
        var type = TunnelFrame.Read(Encoding.UTF8.GetBytes(frame), out var content);
        return (type, Encoding.UTF8.GetString(content));
    }
}
