using System.Text;

namespace Weapp.TunnelServer.Tests.Support;

/// <summary>Texts whose frame <c>message:…</c> is as long as a frame may be.</summary>
public static class LongestMessage
{
    private const int MaxFrameBytes = 64 * 1024;

    /// <summary>What the texts are made of: characters that grow on their way, or are several bytes long.</summary>
    public static TheoryData<string> Units => ["\"", "\\", "\u0001", "中", "😀", "\u2028</script>"];

    /// <summary>The unit as often as it fits, and dots.</summary>
    public static string Of(string unit)
    {
        var room = MaxFrameBytes - "message:".Length;
        var text = string.Concat(Enumerable.Repeat(unit, room / Encoding.UTF8.GetByteCount(unit)));
        return text + new string('.', room - Encoding.UTF8.GetByteCount(text));
    }
}
