using System.Text;
using Weapp.Protocol.Envelopes;
using Weapp.Protocol.Packets;

namespace Weapp.Protocol.Tests.Hostile;

/// <summary>The packet members that tell repeats and replays from new events (protocol section 9).</summary>
public sealed class StampTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_123);

    [Fact]
    public void A_stamped_packet_has_its_members_last_and_is_read_again()
    {
        using var data = new PooledBuffer();
        EventPacket.Write(data, "t1", PacketType.Message, "hi"u8, EventStamp.Create("t1", PacketType.Message, 7, Now));

        Assert.Equal("""{"tunnelId":"t1","type":"message","content":"hi","id":"t1-7","seq":7,"ts":1700000000123}""", Encoding.UTF8.GetString(data.WrittenSpan));
        Assert.Equal((null, 7, 1_700_000_000_123), Read(Encoding.UTF8.GetString(data.WrittenSpan)));
    }

    [Fact]
    public void A_close_event_has_one_id_whoever_sends_it()
    {
        using var data = new PooledBuffer();
        EventPacket.Write(data, "t1", PacketType.Close, default, EventStamp.Create("t1", PacketType.Close, seq: null, Now));

        Assert.Equal("""{"tunnelId":"t1","type":"close","id":"t1-close","ts":1700000000123}""", Encoding.UTF8.GetString(data.WrittenSpan));
        Assert.Equal((null, null, 1_700_000_000_123), Read(Encoding.UTF8.GetString(data.WrittenSpan)));
        Assert.Equal("t1-close", EventStamp.Create("t1", PacketType.Close, 9, Now).Id);
        Assert.Equal("t1-1", EventStamp.Create("t1", PacketType.Connect, 1, Now).Id);
        Assert.Throws<ArgumentNullException>(() => EventStamp.Create("t1", PacketType.Message, seq: null, Now));
    }

    [Theory]
    [InlineData("\"seq\":1,\"ts\":2", 1L, 2L)]
    [InlineData("\"seq\":9223372036854775807", 9223372036854775807L, null)]
    [InlineData("\"ts\":1700000000000", null, 1700000000000L)]
    [InlineData("\"seq\":null,\"ts\":null,\"id\":null", null, null)]
    [InlineData("\"id\":{\"a\":[1]}", null, null)]
    public void The_members_may_be_absent(string members, long? seq, long? timestamp) =>
        Assert.Equal((null, seq, timestamp), Read($$"""{"tunnelId":"t","type":"connect",{{members}}}"""));

    [Theory]
    [InlineData("\"seq\":0")]
    [InlineData("\"seq\":-1")]
    [InlineData("\"seq\":1.5")]
    [InlineData("\"seq\":1e3")]
    [InlineData("\"seq\":\"1\"")]
    [InlineData("\"seq\":{}")]
    [InlineData("\"seq\":9223372036854775808")]
    [InlineData("\"ts\":0")]
    [InlineData("\"ts\":-1700000000000")]
    [InlineData("\"ts\":\"1700000000000\"")]
    [InlineData("\"ts\":true")]
    [InlineData("\"ts\":100000000000000000000")]
    public void Members_that_are_no_positive_whole_numbers_are_9007(string members)
    {
        Assert.Equal((9007, null, null), Read($$"""{"tunnelId":"t","type":"connect",{{members}}}"""));
        Assert.Equal((null, null, null), Read($$"""{"tunnelId":"t","type":"of another version",{{members}}}"""));
    }

    [Theory]
    [InlineData("\"seq\":1,\"seq\":1")]
    [InlineData("\"ts\":1,\"t\\u0073\":1")]
    [InlineData("\"id\":\"a\",\"id\":\"a\"")]
    [InlineData("\"id\":\"\\ud800\"")]
    [InlineData("\"seq\":01")]
    public void Members_given_twice_and_bad_JSON_are_9004(string members) =>
        Assert.Equal((9004, null, null), Read($$"""{"tunnelId":"t","type":"connect",{{members}}}"""));

    private static (int? Code, long? Seq, long? Timestamp) Read(string data)
    {
        var bytes = Encoding.UTF8.GetBytes(data);
        return EventPacket.TryRead(bytes, new byte[Envelope.ScratchLength(bytes.Length)], out var packet, out var rejection)
            ? (null, packet.Seq, packet.Timestamp)
            : (rejection.Code, null, null);
    }
}
