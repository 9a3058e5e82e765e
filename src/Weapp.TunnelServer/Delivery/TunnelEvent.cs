using Weapp.Protocol.Packets;

namespace Weapp.TunnelServer.Delivery;

/// <summary>Something that happened to a tunnel.</summary>
/// <param name="Type">Connect, message or close.</param>
/// <param name="Content">A message's content.</param>
internal readonly record struct TunnelEvent(PacketType Type, ReadOnlyMemory<byte> Content);
