using Weapp.Protocol.Packets;

namespace Weapp.TunnelServer.Nodes;

/// <summary>What one node says to another: a push, or the answer to one.</summary>
internal abstract record BusMessage(string OwnerId, long RequestId)
{
    /// <param name="keys">The keys.</param>
    /// <param name="target">The node that it is for: another does not take it.</param>
    public byte[] Write(DeploymentKeys keys, string target) => Sealed.Seal(keys, OwnerId, target, writer =>
    {
        writer.Write(this is BusPush);
        writer.Write(RequestId);
        WriteRest(writer);
    });

    /// <summary>Null for a message that is not for this node, or not from one of ours.</summary>
    public static BusMessage? Read(DeploymentKeys keys, string target, byte[]? bytes) => Sealed.Open<BusMessage>(keys, bytes, target, static (ownerId, reader) =>
        reader.ReadBoolean() ? BusPush.ReadRest(ownerId, reader.ReadInt64(), reader) : BusAnswer.ReadRest(ownerId, reader.ReadInt64(), reader));

    protected abstract void WriteRest(BinaryWriter writer);

    protected static void WriteIds(BinaryWriter writer, IReadOnlyCollection<string> ids)
    {
        writer.Write7BitEncodedInt(ids.Count);
        foreach (var id in ids)
            writer.Write(id);
    }

    // Grows as it reads: a number that is too big ends at the end of the message.
    protected static List<string> ReadIds(BinaryReader reader)
    {
        List<string> ids = [];
        for (var left = reader.Read7BitEncodedInt(); left > 0; left--)
            ids.Add(reader.ReadString());
        return ids;
    }
}

/// <summary>Packets for tunnels of the target.</summary>
/// <param name="OwnerId">Who pushes.</param>
/// <param name="RequestId">The sender's number.</param>
/// <param name="Sender">The node that waits for the answer.</param>
/// <param name="Expires">Redis's time in milliseconds after which nobody waits any more, and nothing must be sent to phones.</param>
/// <param name="CallId">The app's call.</param>
/// <param name="Packets">The packets in their order.</param>
internal sealed record BusPush(string OwnerId, long RequestId, string Sender, long Expires, string CallId, IReadOnlyList<PushPacket> Packets)
    : BusMessage(OwnerId, RequestId)
{
    public static BusPush ReadRest(string ownerId, long requestId, BinaryReader reader)
    {
        var (sender, expires, callId) = (reader.ReadString(), reader.ReadInt64(), reader.ReadString());
        List<PushPacket> packets = [];
        for (var left = reader.Read7BitEncodedInt(); left > 0; left--)
        {
            var type = reader.ReadBoolean() ? PacketType.Message : PacketType.Close;
            var content = reader.ReadBytes(reader.Read7BitEncodedInt());
            packets.Add(new PushPacket(ReadIds(reader), type, content));
        }

        return new BusPush(ownerId, requestId, sender, expires, callId, packets);
    }

    protected override void WriteRest(BinaryWriter writer)
    {
        writer.Write(Sender);
        writer.Write(Expires);
        writer.Write(CallId);
        writer.Write7BitEncodedInt(Packets.Count);
        foreach (var packet in Packets)
        {
            writer.Write(packet.Type == PacketType.Message);
            writer.Write7BitEncodedInt(packet.Content.Length);
            writer.Write(packet.Content.Span);
            WriteIds(writer, packet.TunnelIds);
        }
    }
}

/// <summary>The push was carried out.</summary>
/// <param name="OwnerId">Who pushed.</param>
/// <param name="RequestId">The push's number.</param>
/// <param name="InvalidIds">The ids that name no open tunnel.</param>
internal sealed record BusAnswer(string OwnerId, long RequestId, IReadOnlyList<string> InvalidIds) : BusMessage(OwnerId, RequestId)
{
    public static BusAnswer ReadRest(string ownerId, long requestId, BinaryReader reader) => new(ownerId, requestId, ReadIds(reader));

    protected override void WriteRest(BinaryWriter writer) => WriteIds(writer, InvalidIds);
}
