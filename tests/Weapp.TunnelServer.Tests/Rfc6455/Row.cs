using System.Text;
using Weapp.TunnelServer.Tests.Support;

namespace Weapp.TunnelServer.Tests.Rfc6455;

/// <summary>What a phone sends, and what must come of it.</summary>
public sealed record Row
{
    /// <summary>Stands for a connection that ends without a close frame: a reset may overtake the one for a phone that goes on after its own.</summary>
    public const int Reset = 0;

    public required IReadOnlyList<byte[]> Segments { get; init; }

    /// <summary>How many bytes are written at a time.</summary>
    public int Chop { get; init; } = int.MaxValue;

    /// <summary>The messages that reach the app and come back.</summary>
    public IReadOnlyList<string> Echoes { get; init; } = [];

    /// <summary>The payloads of the pong frames.</summary>
    public IReadOnlyList<byte[]> Pongs { get; init; } = [];

    /// <summary>The close codes with which the connection may end; null where it stays.</summary>
    public IReadOnlyList<int>? Ends { get; init; }

    public static Row Sends(params byte[][] segments) => new() { Segments = segments };

    public Row By(int chop) => this with { Chop = chop, Segments = [[.. Segments.SelectMany(static segment => segment)]] };

    public Row InOneSegment() => By(int.MaxValue);

    public Row Echo(params string[] inner) => this with { Echoes = [.. inner.Select(static text => "{" + text + "}")] };

    public Row Ponged(params byte[][] payloads) => this with { Pongs = payloads };

    public Row EndsWith(params int[] codes) => this with { Ends = codes };

    /// <summary>Ends as a frame does that the RFC does not allow.</summary>
    public Row Fails() => EndsWith(1002);

    /// <summary>Ends as text that is no UTF-8 does.</summary>
    public Row FailsAsText() => EndsWith(1007);
}

/// <summary>Frames in bytes.</summary>
public static class Wire
{
    private static readonly byte[] Start = "message:{"u8.ToArray();
    private static readonly byte[] End = "}"u8.ToArray();

    /// <summary>What a message frame adds to the text within.</summary>
    public const int MessageOverhead = 10;

    public static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    public static byte[] Of(int opcode, byte[] payload, bool fin = true) => Phone.Encode(opcode, payload, fin);

    public static byte[] Text(string inner) => Text(Utf8(inner));

    /// <summary>A message frame around bytes that need be no JSON and no text either.</summary>
    public static byte[] Text(byte[] inner) => Of(Frame.TextOpcode, Payload(inner));

    public static byte[] Ping(string payload = "") => Of(Frame.Ping, Utf8(payload));

    public static byte[] Close(int code, string reason = "") => Of(Frame.Close, [(byte)(code >> 8), (byte)code, .. Utf8(reason)]);

    public static byte[] Payload(byte[] inner) => [.. Start, .. inner, .. End];

    /// <summary>A message frame cut into fragments at the given places of its payload.</summary>
    public static byte[][] Cut(byte[] inner, params int[] places)
    {
        var payload = Payload(inner);
        int[] from = [0, .. places.Select(static place => Start.Length + place)];
        return [.. from.Select((start, i) => Of(
            i == 0 ? Frame.TextOpcode : Frame.Continuation, payload[start..(i + 1 < from.Length ? from[i + 1] : payload.Length)], fin: i + 1 == from.Length))];
    }

    /// <summary>A message frame in fragments of that many bytes.</summary>
    public static byte[][] Fragments(byte[] inner, int size)
    {
        var parts = Payload(inner).Chunk(size).ToArray();
        return [.. parts.Select((part, i) => Of(i == 0 ? Frame.TextOpcode : Frame.Continuation, part, fin: i + 1 == parts.Length))];
    }
}

/// <summary>Rows by name: the name is what the test's list shows.</summary>
public sealed class Rows : Dictionary<string, Row>
{
    public TheoryData<string> Names => [.. Keys];
}
