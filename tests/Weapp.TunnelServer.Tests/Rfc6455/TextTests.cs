using System.Buffers;
using System.Text;

namespace Weapp.TunnelServer.Tests.Rfc6455;

/// <summary>RFC 6455 section 8.1 and RFC 3629: text is UTF-8, also where a fragment ends within a character.</summary>
public sealed class TextTests(EchoServer server)
{
    private static readonly string[] Valid =
    [
        "κόσμε", "Hello-µ@ßöäüàá-UTF-8!!", "\0", "\u007F", "\u0080", "\u07FF", "\u0800", "\u0FFF", "\u1000", "\uCFFF", "\uD000", "\uD7FF", "\uE000", "\uFEFF",
        "\uFFFD", "\uFFFE", "\uFFFF", "\U00010000", "\U0001FFFE", "\U0001FFFF", "\U0002FFFF", "\U0003FFFF", "\U00040000", "\U0007FFFF", "\U000FFFFF",
        "\U00100000", "\U0010FFFE", "\U0010FFFF", "😀", "👨‍👩‍👧", "中文", "\u202E",
    ];

    private static readonly string[] Invalid =
    [
        // Continuation bytes without a beginning.
        "80", "BF", "80BF", "80BF80", "80BF80BF", "80BF80BF80", "80BF80BF80BF",

        // Beginnings that no continuation follows.
        "C020", "C220", "DF20", "E020", "E120", "EF20", "F020", "F120", "F420", "F520", "F820", "FB20", "FC20", "FD20",

        // The last byte is missing.
        "C2", "DF", "E0A0", "E180", "EFBF", "F09080", "F18080", "F48FBF", "E0A020", "F0908020", "C2C2", "E180E180", "F09080F09080",

        // Bytes that never occur.
        "FE", "FF", "FEFEFFFF", "C0", "C1", "F5808080", "F6808080", "F7BFBFBF", "F888808080", "FC8480808080",

        // Longer than need be.
        "C0AF", "E080AF", "F08080AF", "F8808080AF", "FC80808080AF", "C1BF", "E09FBF", "F08FBFBF", "F887BFBFBF", "FC83BFBFBFBF", "C080", "E08080", "F0808080",

        // Surrogates, alone and in pairs.
        "EDA080", "EDADBF", "EDAE80", "EDAFBF", "EDB080", "EDBE80", "EDBFBF", "EDA080EDB080", "EDA080EDBFBF", "EDADBFEDB080", "EDAFBFEDBFBF",

        // Beyond U+10FFFF.
        "F4908080", "F490BFBF", "F5808081", "FBBFBFBFBF", "FDBFBFBFBFBF",

        // Within good text.
        "CEBAE1BDB9CF83CEBCCEB5EDA080656469746564", "CEBAE1BDB9CF83CEBCCEB5F4908080656469746564",
    ];

    private static readonly Rows All = Make();

    public static TheoryData<string> Names => All.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public Task Text(string name) => server.RunAsync(All[name]);

    private static Rows Make()
    {
        var rows = new Rows();
        foreach (var text in Valid)
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            var shown = Convert.ToHexString(bytes);
            rows[$"valid {shown}"] = Row.Sends(Wire.Text(bytes)).Echo(text);
            if (bytes.Length > 1)
                rows[$"valid {shown}, cut between all bytes"] = Row.Sends(Wire.Cut(bytes, [.. Enumerable.Range(1, bytes.Length - 1)])).Echo(text);
            rows[$"valid {shown}, one byte at a time"] = Row.Sends(Wire.Text(bytes)).By(1).Echo(text);
        }

        foreach (var shown in Invalid)
        {
            var bytes = Convert.FromHexString(shown);
            rows[$"invalid {shown}"] = Row.Sends(Wire.Text(bytes)).FailsAsText();
            rows[$"invalid {shown} after a message, one byte at a time"] = Row.Sends(Wire.Text("a"), Wire.Text(bytes)).By(1).Echo("a").FailsAsText();
            rows[$"invalid {shown}, cut behind each byte"] = Row.Sends(Wire.Cut(bytes, [.. Enumerable.Range(1, bytes.Length)])).FailsAsText();
            if (!IsWrongAlready(bytes))
                continue;

            // It fails before the message has ended.
            rows[$"invalid {shown} in a fragment, and then nothing"] = Row.Sends(Wire.Cut(bytes, bytes.Length)[0]).FailsAsText();
            rows[$"invalid {shown} in fragments of a byte, and then nothing"] = Row.Sends(Wire.Cut(bytes, [.. Enumerable.Range(1, bytes.Length)])[..^1]).FailsAsText();
        }

        return rows;
    }

    // Whether no bytes that may follow can make it right. Of C0 and C1 the WebSocket sees that with the next byte.
    private static bool IsWrongAlready(ReadOnlySpan<byte> bytes)
    {
        if (bytes is [0xC0 or 0xC1])
            return false;
        while (!bytes.IsEmpty)
        {
            var status = Rune.DecodeFromUtf8(bytes, out _, out var length);
            if (status != OperationStatus.Done)
                return status == OperationStatus.InvalidData;
            bytes = bytes[length..];
        }

        return false;
    }
}
