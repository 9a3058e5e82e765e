using Weapp.Protocol.Packets;

namespace Weapp.TunnelServer.Delivery;

/// <summary>Something that happened to a tunnel.</summary>
/// <param name="Type">Connect, message or close.</param>
/// <param name="Content">A message's content.</param>
/// <param name="Seq">Its number among the tunnel's events, from 1; null for the close event of a tunnel whose node is gone, and its count with it.</param>
internal readonly record struct TunnelEvent(PacketType Type, ReadOnlyMemory<byte> Content, long? Seq);
