using System.Globalization;

namespace Weapp.Protocol.Packets;

/// <summary>The packet members <c>id</c>, <c>seq</c> and <c>ts</c>: they tell an event's repeats from other events, and old events from new ones (protocol section 9).</summary>
/// <param name="Id">The event's id: the same at every attempt, whichever node makes it.</param>
/// <param name="Seq">The event's number among the tunnel's events, from 1; null where the sender does not know it.</param>
/// <param name="Timestamp">When this attempt was made, in milliseconds since 1970.</param>
public readonly record struct EventStamp(string Id, long? Seq, long Timestamp)
{
    /// <summary>The stamp of an attempt to deliver an event.</summary>
    /// <param name="tunnelId">The tunnel.</param>
    /// <param name="type">What happened. A tunnel has one close event, so its id needs no number.</param>
    /// <param name="seq">The event's number; only a close event may be without.</param>
    /// <param name="now">The time of the attempt.</param>
    public static EventStamp Create(string tunnelId, PacketType type, long? seq, DateTimeOffset now)
    {
        if (type != PacketType.Close && seq is null)
            throw new ArgumentNullException(nameof(seq), "Only a close event may be without a number.");
        var id = type == PacketType.Close ? $"{tunnelId}-close" : string.Create(CultureInfo.InvariantCulture, $"{tunnelId}-{seq}");
        return new EventStamp(id, seq, now.ToUnixTimeMilliseconds());
    }
}
