using System.Text;
using Weapp.Protocol.Envelopes;
using Weapp.Protocol.Packets;
using Weapp.Protocol.Signatures;

namespace Weapp.Protocol.Tests;

/// <summary>An event costs no memory but the string of its tunnel id.</summary>
public sealed class AllocationTests
{
    private const int Events = 1_000;

    [Theory]
    [InlineData(1, false)]
    [InlineData(100, false)]
    [InlineData(1, true)]
    public void Reading_an_event_allocates_its_tunnel_id_and_nothing_else(int words, bool isStamped)
    {
        var signature = new TunnelSignature(Received.Key);
        var word = string.Concat(Enumerable.Repeat("你好 \\\"x\\\" ", words));
        EventStamp? stamp = isStamped ? EventStamp.Create("tunnel1", PacketType.Message, 7, DateTimeOffset.UnixEpoch.AddYears(50)) : null;
        var body = Received.Message($"{{\"type\":\"speak\",\"content\":{{\"word\":\"{word}\"}}}}", stamp);
        var first = new byte[Envelope.ScratchLength(body.Length)];
        var second = new byte[first.Length];
        Read(signature, body, first, second, 1);

        var id = BytesOf(static () => GC.KeepAlive(Encoding.UTF8.GetString("tunnel1"u8)));

        Assert.Equal(Events * id, BytesOf(() => Read(signature, body, first, second, Events)));
    }

    // A collection, which tests that run at the same time cause, adds what is left of the thread's share of the heap: the least of some runs is the truth.
    private static long BytesOf(Action action) => Enumerable.Range(0, 20).Min(_ =>
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        action();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    });

    private static void Read(TunnelSignature signature, byte[] body, byte[] first, byte[] second, int times)
    {
        for (var i = 0; i < times; i++)
        {
            var isRead = Envelope.TryRead(body, first, out var envelope, out _)
                && signature.Verify(envelope.Data, envelope.Signature)
                && EventPacket.TryRead(envelope.Data, second, out var packet, out _)
                && MessageText.Read(second.AsMemory(0, packet.Content.Length)).Kind == ContentKind.Json;
            if (!isRead)
                Assert.Fail("The event was refused.");
        }
    }
}
