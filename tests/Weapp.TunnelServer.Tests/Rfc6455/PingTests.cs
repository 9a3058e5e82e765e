using Weapp.TunnelServer.Tests.Support;

namespace Weapp.TunnelServer.Tests.Rfc6455;

/// <summary>RFC 6455 sections 5.5.2 and 5.5.3: a ping is answered with what it carried, a pong is not.</summary>
public sealed class PingTests(EchoServer server)
{
    private static readonly byte[] Bytes = [0x00, 0xFF, 0xFE, 0xFD, 0xFC, 0xFB, 0x00, 0xFF];
    private static readonly byte[] Longest = [.. Enumerable.Repeat((byte)0xFE, 125)];

    private static readonly Rows All = new()
    {
        ["a ping without payload"] = Row.Sends(Wire.Ping()).Ponged(Wire.Utf8("")),
        ["a ping with text"] = Row.Sends(Wire.Ping("Hello, world!")).Ponged(Wire.Utf8("Hello, world!")),
        ["a ping with bytes that are no text"] = Row.Sends(Wire.Of(Frame.Ping, Bytes)).Ponged(Bytes),
        ["a ping of 125 bytes"] = Row.Sends(Wire.Of(Frame.Ping, Longest)).Ponged(Longest),
        ["a ping of 126 bytes"] = Row.Sends(Wire.Of(Frame.Ping, new byte[126])).Fails(),
        ["a ping of 65536 bytes"] = Row.Sends(Wire.Of(Frame.Ping, new byte[65536])).Fails(),
        ["a ping of 125 bytes, one at a time"] = Row.Sends(Wire.Of(Frame.Ping, Longest)).By(1).Ponged(Longest),
        ["a pong nobody asked for"] = Row.Sends(Wire.Of(Frame.Pong, [])),
        ["a pong nobody asked for, with payload"] = Row.Sends(Wire.Of(Frame.Pong, Bytes)),
        ["a pong of 125 bytes"] = Row.Sends(Wire.Of(Frame.Pong, Longest)),
        ["a pong of 126 bytes"] = Row.Sends(Wire.Of(Frame.Pong, new byte[126])).Fails(),
        ["a pong and then a ping"] = Row.Sends(Wire.Of(Frame.Pong, Bytes), Wire.Ping("payload")).Ponged(Wire.Utf8("payload")),
        ["ten pings"] = Row.Sends(Ten()).Ponged(TenPayloads()),
        ["ten pings in one segment"] = Row.Sends(Ten()).InOneSegment().Ponged(TenPayloads()),
        ["ten pings, one byte at a time"] = Row.Sends(Ten()).By(1).Ponged(TenPayloads()),
        ["a ping between messages"] = Row.Sends(Wire.Text("a"), Wire.Ping("p"), Wire.Text("b")).Echo("a", "b").Ponged(Wire.Utf8("p")),
    };

    public static TheoryData<string> Names => All.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public Task A_control_frame(string name) => server.RunAsync(All[name]);

    private static byte[][] Ten() => [.. TenPayloads().Select(static payload => Wire.Of(Frame.Ping, payload))];

    private static byte[][] TenPayloads() => [.. Enumerable.Range(0, 10).Select(static i => Wire.Utf8($"payload-{i}"))];
}
