using Weapp.TunnelServer.Tests.Support;

namespace Weapp.TunnelServer.Tests.Rfc6455;

/// <summary>RFC 6455 sections 5.5.1 and 7: the phone's close.</summary>
public sealed class CloseTests(EchoServer server)
{
    private static readonly Rows All = Make();

    public static TheoryData<string> Names => All.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public Task A_close(string name) => server.RunAsync(All[name]);

    private static Rows Make()
    {
        var rows = new Rows
        {
            ["after a message"] = Row.Sends(Wire.Text("a"), Wire.Close(1000)).Echo("a").EndsWith(1000),
            ["twice"] = Row.Sends(Wire.Close(1000), Wire.Close(1000)).EndsWith(1000, Row.Reset),
            ["and a ping after it"] = Row.Sends(Wire.Close(1000), Wire.Ping()).EndsWith(1000, Row.Reset),
            ["and a message after it"] = Row.Sends(Wire.Close(1000), Wire.Text("late")).EndsWith(1000, Row.Reset),
            ["and a long message after it, in one segment"] = Row.Sends(Wire.Close(1000), Wire.Text(new string('x', 60_000))).InOneSegment().EndsWith(1000, Row.Reset),
            ["within a message"] = Row.Sends(Wire.Of(Frame.TextOpcode, "message:{"u8.ToArray(), fin: false), Wire.Close(1000), Wire.Of(Frame.Continuation, "}"u8.ToArray()))
                .EndsWith(1000, Row.Reset),
            ["without payload"] = Row.Sends(Wire.Of(Frame.Close, [])).EndsWith(1000),
            ["of one byte"] = Row.Sends(Wire.Of(Frame.Close, [3])).Fails(),
            ["with a reason"] = Row.Sends(Wire.Close(1000, "Hello World!")).EndsWith(1000),
            ["with a reason, one byte at a time"] = Row.Sends(Wire.Close(1000, "Hello World!")).By(1).EndsWith(1000),
            ["with the longest reason"] = Row.Sends(Wire.Close(1000, new string('*', 123))).EndsWith(1000),
            ["with a reason that is too long"] = Row.Sends(Wire.Close(1000, new string('*', 124))).Fails(),
            ["with a reason in Chinese"] = Row.Sends(Wire.Close(1000, "再见 😀")).EndsWith(1000),
            ["with a reason that is no UTF-8"] = Row.Sends(Wire.Of(Frame.Close, [0x03, 0xE8, 0xCE, 0xBA, 0xED, 0xA0, 0x80])).EndsWith(1002, 1007),
            ["with half a character as a reason"] = Row.Sends(Wire.Of(Frame.Close, [0x03, 0xE8, 0xE4, 0xB8])).EndsWith(1002, 1007),
        };
        foreach (var code in new[] { 1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999 })
            rows[$"with code {code}"] = Row.Sends(Wire.Close(code)).EndsWith(1000, code);

        // Registered after the RFC: those who know them answer, the others may take them for wrong.
        foreach (var code in new[] { 1012, 1013, 1014 })
            rows[$"with code {code}"] = Row.Sends(Wire.Close(code)).EndsWith(1000, code, 1002);
        foreach (var code in new[] { 0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535 })
        {
            rows[$"with code {code}, which must not be sent"] = Row.Sends(Wire.Close(code)).Fails();
            rows[$"with code {code}, which must not be sent, and a reason"] = Row.Sends(Wire.Close(code, "reason")).Fails();
        }

        return rows;
    }
}
