using Weapp.TunnelServer.Tests.Support;

namespace Weapp.TunnelServer.Tests.Rfc6455;

/// <summary>RFC 6455 section 5.2: bits and opcodes that no extension has given a meaning fail the connection, and what came before them arrives.</summary>
public sealed class ReservedTests(EchoServer server)
{
    private static readonly Rows All = Make();

    public static TheoryData<string> Names => All.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public Task A_reserved_value(string name) => server.RunAsync(All[name]);

    private static Rows Make()
    {
        var rows = new Rows();
        for (var bits = 1; bits <= 7; bits++)
        {
            foreach (var (kind, opcode) in new[] { ("text", Frame.TextOpcode), ("binary", Frame.Binary), ("ping", Frame.Ping), ("close", Frame.Close) })
                rows[$"reserved bits {bits} in {kind}"] = Row.Sends(Wire.Of(bits << 4 | opcode, opcode == Frame.Close ? [0x03, 0xE8] : "ping"u8.ToArray())).Fails();
            rows[$"reserved bits {bits} after a message, and a ping after them"] = Row.Sends(
                Wire.Text("first"), Wire.Of(bits << 4 | Frame.TextOpcode, "ping"u8.ToArray()), Wire.Ping()).Echo("first").Fails();
            rows[$"reserved bits {bits} after a message, in one segment"] = Row.Sends(
                Wire.Text("first"), Wire.Of(bits << 4 | Frame.TextOpcode, "ping"u8.ToArray()), Wire.Ping()).InOneSegment().Echo("first").Fails();
            rows[$"reserved bits {bits} after a message, one byte at a time"] = Row.Sends(
                Wire.Text("first"), Wire.Of(bits << 4 | Frame.TextOpcode, "ping"u8.ToArray()), Wire.Ping()).By(1).Echo("first").Fails();
            rows[$"reserved bits {bits} in a continuation"] = Row.Sends(
                Wire.Of(Frame.TextOpcode, "pi"u8.ToArray(), fin: false), Wire.Of(bits << 4 | Frame.Continuation, "ng"u8.ToArray())).Fails();
        }

        foreach (var opcode in new[] { 3, 4, 5, 6, 7, 11, 12, 13, 14, 15 })
        {
            rows[$"opcode {opcode}, empty"] = Row.Sends(Wire.Of(opcode, [])).Fails();
            rows[$"opcode {opcode} with payload"] = Row.Sends(Wire.Of(opcode, "reserved"u8.ToArray())).Fails();
            rows[$"opcode {opcode} after a message, and a ping after it"] = Row.Sends(Wire.Text("first"), Wire.Of(opcode, "x"u8.ToArray()), Wire.Ping()).Echo("first").Fails();
            rows[$"opcode {opcode} after a message, one byte at a time"] = Row.Sends(Wire.Text("first"), Wire.Of(opcode, "reserved"u8.ToArray()), Wire.Ping()).By(1).Echo("first").Fails();
        }

        return rows;
    }
}
