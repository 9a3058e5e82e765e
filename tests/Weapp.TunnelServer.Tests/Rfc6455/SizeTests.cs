using System.Globalization;
using Weapp.TunnelServer.Tests.Support;

namespace Weapp.TunnelServer.Tests.Rfc6455;

/// <summary>Sizes up to the limit of 64 KiB and over it, whole and in fragments, however they are cut on the way.</summary>
public sealed class SizeTests(EchoServer server)
{
    private const int Limit = 64 * 1024;

    private static readonly Rows All = Make();

    public static TheoryData<string> Names => All.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public Task A_message(string name) => server.RunAsync(All[name]);

    private static Rows Make()
    {
        var rows = new Rows();
        foreach (var size in new[] { 64, 256, 1024, 4096, 16384, Limit - 1, Limit })
        {
            var text = new string('.', size - Wire.MessageOverhead);
            var bytes = Wire.Utf8(text);
            foreach (var fragment in new[] { 64, 100, 256, 1300, 4096, 16384 }.Where(fragment => fragment < size))
                rows[$"of {size} bytes in fragments of {fragment}"] = Row.Sends(Wire.Fragments(bytes, fragment)).InOneSegment().Echo(text);
            foreach (var chop in new[] { 64, 128, 512, 2048, 4096, 16384 }.Where(chop => chop < size))
                rows[$"of {size} bytes, {chop} at a time"] = Row.Sends(Wire.Text(bytes)).By(chop).Echo(text);
            rows[$"of {size} bytes in fragments of 1000, 333 at a time"] = Row.Sends(Wire.Fragments(bytes, 1000)).By(333).Echo(text);
        }

        foreach (var size in new[] { Limit + 1, 2 * Limit, 1024 * 1024 })
        {
            var bytes = new byte[size - Wire.MessageOverhead];
            rows[$"of {size} bytes, too long"] = Row.Sends(Wire.Text(bytes)).EndsWith(1009);
            rows[$"of {size} bytes, too long, after a good one"] = Row.Sends(Wire.Text("a"), Wire.Text(bytes)).InOneSegment().Echo("a").EndsWith(1009);
            foreach (var fragment in new[] { 1300, 16384, Limit })
                rows[$"of {size} bytes in fragments of {fragment}, too long"] = Row.Sends(Wire.Fragments(bytes, fragment)).InOneSegment().EndsWith(1009);
        }

        rows["without end, in fragments of 60000"] = Row.Sends(
            [Wire.Of(Frame.TextOpcode, new byte[60_000], fin: false), .. Enumerable.Repeat(Wire.Of(Frame.Continuation, new byte[60_000], fin: false), 20)]).EndsWith(1009);
        foreach (var size in new[] { 16, 64, 256, 1024, 4096 })
        {
            var many = Enumerable.Range(0, 1000).Select(i => i.ToString(CultureInfo.InvariantCulture).PadLeft(size - Wire.MessageOverhead)).ToArray();
            rows[$"a thousand of {size} bytes"] = Row.Sends([.. many.Select(Wire.Text)]).Echo(many);
            rows[$"a thousand of {size} bytes, 1000 at a time"] = Row.Sends([.. many.Select(Wire.Text)]).By(1000).Echo(many);
        }

        return rows;
    }
}
