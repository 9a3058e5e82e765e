namespace Weapp.Protocol.Packets;

/// <summary>What a packet says (protocol sections 5 and 6).</summary>
public enum PacketType
{
    /// <summary>A type that this version does not know: accepted and ignored.</summary>
    Unknown,

    /// <summary>A phone has connected.</summary>
    Connect,

    /// <summary>A message.</summary>
    Message,

    /// <summary>The tunnel has ended, or is to end.</summary>
    Close,
}
