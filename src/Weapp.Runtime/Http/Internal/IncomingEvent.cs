using Weapp.Protocol.Packets;

namespace Weapp.Http;

/// <summary>An event whose signature was right.</summary>
/// <param name="Type">What happened.</param>
/// <param name="TunnelId">The tunnel; null only where the type is unknown.</param>
/// <param name="ContentLength">The length of its content.</param>
/// <param name="Seq">Its number among the tunnel's events; null where the tunnel server does not say.</param>
/// <param name="Timestamp">When it was sent, in milliseconds since 1970; null where the tunnel server does not say.</param>
/// <param name="CallId">The verified <c>webhook-id</c>; null where the call has none.</param>
internal readonly record struct IncomingEvent(PacketType Type, string? TunnelId, int ContentLength, long? Seq, long? Timestamp, string? CallId);
