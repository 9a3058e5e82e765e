using Weapp.TunnelServer.Tests.Support;

namespace Weapp.TunnelServer.Tests.Rfc6455;

/// <summary>RFC 6455 section 5.2: every way to write a length, and how the bytes arrive does not matter.</summary>
public sealed class FramingTests(EchoServer server)
{
    private static readonly Rows All = Make();

    public static TheoryData<string> Names => All.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public Task A_frame(string name) => server.RunAsync(All[name]);

    private static Rows Make()
    {
        var rows = new Rows
        {
            ["nothing but an empty frame"] = Row.Sends(Wire.Of(Frame.TextOpcode, [])),
            ["a frame of one byte"] = Row.Sends(Wire.Of(Frame.TextOpcode, [1])),
        };
        foreach (var size in new[] { 10, 11, 124, 125, 126, 127, 128, 255, 256, 65534, 65535, 65536 })
        {
            var text = new string('*', size - Wire.MessageOverhead);
            rows[$"text of {size} bytes"] = Row.Sends(Wire.Text(text)).Echo(text);
            rows[$"text of {size} bytes, 997 at a time"] = Row.Sends(Wire.Text(text)).By(997).Echo(text);
            if (size <= 256)
                rows[$"text of {size} bytes, one at a time"] = Row.Sends(Wire.Text(text)).By(1).Echo(text);
        }

        foreach (var size in new[] { 0, 1, 125, 126, 127, 128, 65535, 65536 })
            rows[$"binary of {size} bytes"] = Row.Sends(Wire.Of(Frame.Binary, new byte[size])).EndsWith(1003);

        rows["a length whose highest bit is set"] = Row.Sends([0x81, 0xFF, 0x80, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]).Fails();
        rows["a length whose highest bit is set, in ping"] = Row.Sends([0x89, 0xFF, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]).Fails();
        rows["text without mask"] = Row.Sends([0x81, 4, .. "ping"u8]).Fails();
        rows["text without mask after a message"] = Row.Sends(Wire.Text("a"), [0x81, 4, .. "ping"u8]).Echo("a").Fails();
        rows["empty text without mask"] = Row.Sends([0x81, 0]).Fails();
        rows["ping without mask"] = Row.Sends([0x89, 0]).Fails();
        rows["close without mask"] = Row.Sends([0x88, 2, 3, 0xE8]).Fails();
        return rows;
    }
}
