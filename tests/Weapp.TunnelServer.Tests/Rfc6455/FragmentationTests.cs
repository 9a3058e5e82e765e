using Weapp.TunnelServer.Tests.Support;

namespace Weapp.TunnelServer.Tests.Rfc6455;

/// <summary>RFC 6455 section 5.4: messages in fragments, with control frames between them.</summary>
public sealed class FragmentationTests(EchoServer server)
{
    private static readonly byte[] Begin = Wire.Of(Frame.TextOpcode, "message:{frag"u8.ToArray(), fin: false);
    private static readonly byte[] Middle = Wire.Of(Frame.Continuation, "men"u8.ToArray(), fin: false);
    private static readonly byte[] Last = Wire.Of(Frame.Continuation, "ts}"u8.ToArray());
    private static readonly byte[] Ping = Wire.Ping("p");

    private static readonly Rows All = Make();

    public static TheoryData<string> Names => All.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public Task A_message(string name) => server.RunAsync(All[name]);

    [Fact]
    public async Task A_ping_is_answered_while_the_message_around_it_is_still_on_its_way()
    {
        var grant = await server.RequestAsync();
        await using var phone = await Phone.ConnectAsync(grant.ConnectUrl);
        var fragments = Wire.Fragments("in five fragments"u8.ToArray(), 6);
        Assert.Equal(5, fragments.Length);
        foreach (var (i, fragment) in fragments.Index())
        {
            await phone.SendBytesAsync(fragment);
            if (i is not (1 or 3))
                continue;
            await phone.SendBytesAsync(Wire.Ping($"after {i}"));
            var pong = await phone.ReadAsync();
            Assert.Equal((Frame.Pong, $"after {i}"), (pong?.Opcode, pong?.Text));
        }

        Assert.Equal("message:{in five fragments}", await phone.ReadTextAsync());
    }

    private static Rows Make()
    {
        var rows = new Rows
        {
            ["a ping in two fragments"] = Row.Sends(Wire.Of(Frame.Ping, "a"u8.ToArray(), fin: false), Wire.Of(Frame.Continuation, "b"u8.ToArray())).Fails(),
            ["a pong in two fragments"] = Row.Sends(Wire.Of(Frame.Pong, "a"u8.ToArray(), fin: false), Wire.Of(Frame.Continuation, "b"u8.ToArray())).Fails(),
            ["a close in two fragments"] = Row.Sends(Wire.Of(Frame.Close, [3], fin: false), Wire.Of(Frame.Continuation, [0xE8])).Fails(),
            ["a text within a message"] = Row.Sends(Begin, Wire.Text("x")).Fails(),
            ["a text within a message, as a fragment"] = Row.Sends(Begin, Begin).Fails(),
            ["an empty text within a message"] = Row.Sends(Begin, Wire.Of(Frame.TextOpcode, [])).Fails(),
            ["a binary within a message"] = Row.Sends(Begin, Wire.Of(Frame.Binary, [1])).Fails(),
            ["a text within a message, after a ping"] = Row.Sends(Begin, Ping, Middle, Wire.Text("x")).Fails(),
            ["a continuation without a message"] = Row.Sends(Last).Fails(),
            ["a continuation without a message, not the last"] = Row.Sends(Middle, Last).Fails(),
            ["an empty continuation without a message"] = Row.Sends(Wire.Of(Frame.Continuation, [])).Fails(),
            ["a continuation after a whole message"] = Row.Sends(Wire.Text("a"), Last).Echo("a").Fails(),
            ["a continuation after a message in fragments"] = Row.Sends(Begin, Middle, Last, Last).Echo("fragments").Fails(),
            ["a continuation after a message in fragments, not the last"] = Row.Sends(Begin, Middle, Last, Middle, Last).Echo("fragments").Fails(),
            ["a binary message in fragments"] = Row.Sends(Wire.Of(Frame.Binary, [1], fin: false), Wire.Of(Frame.Continuation, [2])).EndsWith(1003),
            ["a binary message that begins with nothing"] = Row.Sends(Wire.Of(Frame.Binary, [], fin: false), Wire.Of(Frame.Continuation, [2])).EndsWith(1003),
            ["a message and half of one, then the phone's close"] = Row.Sends(Wire.Text("a"), Begin, Wire.Close(1000)).Echo("a").EndsWith(1000),
        };
        Add("in three fragments", ["fragments"], 0, Begin, Middle, Last);
        Add("with a ping between", ["fragments"], 1, Begin, Ping, Middle, Last);
        Add("with pings between", ["fragments"], 3, Ping, Begin, Ping, Middle, Ping, Last);
        Add("with a pong between", ["fragments"], 0, Begin, Wire.Of(Frame.Pong, []), Middle, Last);
        Add("with empty fragments", ["fragments"], 0, Begin, Wire.Of(Frame.Continuation, [], fin: false), Middle, Wire.Of(Frame.Continuation, [], fin: false), Last);
        Add("that begins with nothing", ["x"], 0, Wire.Of(Frame.TextOpcode, [], fin: false), Wire.Of(Frame.Continuation, "message:{x}"u8.ToArray()));
        Add("that ends with nothing", ["x"], 0, Wire.Of(Frame.TextOpcode, "message:{x}"u8.ToArray(), fin: false), Wire.Of(Frame.Continuation, []));
        Add("that is nothing, in three fragments", [], 0, Wire.Of(Frame.TextOpcode, [], fin: false), Wire.Of(Frame.Continuation, [], fin: false), Wire.Of(Frame.Continuation, []));
        Add("after another", ["fragments", "fragments", "whole"], 1, Begin, Middle, Last, Begin, Middle, Ping, Last, Wire.Text("whole"));
        return rows;

        void Add(string what, string[] echoes, int pings, params byte[][] segments)
        {
            var row = Row.Sends(segments).Echo(echoes).Ponged([.. Enumerable.Repeat("p"u8.ToArray(), pings)]);
            rows[$"a message {what}"] = row;
            rows[$"a message {what}, in one segment"] = row.InOneSegment();
            rows[$"a message {what}, one byte at a time"] = row.By(1);
        }
    }
}
