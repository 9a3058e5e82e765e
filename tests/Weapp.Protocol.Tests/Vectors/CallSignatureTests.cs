using System.Text;
using Weapp.Protocol.Envelopes;
using Weapp.Protocol.Signatures;

namespace Weapp.Protocol.Tests.Vectors;

/// <summary>What each mode sends and accepts; nothing that a caller does makes a mode weaker.</summary>
public sealed class CallSignatureTests
{
    private const string Key = "the key of this test, long enough";

    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);

    // Sent by a peer with the key: with headers, without, with wrong headers, with headers and a wrong body signature.
    [Theory]
    [InlineData(TunnelSignatureMode.Legacy, null, null, null, 9003)]
    [InlineData(TunnelSignatureMode.Both, null, null, 9003, null)]
    [InlineData(TunnelSignatureMode.HmacOnly, null, 9003, 9003, null)]
    public void A_mode_accepts_what_it_says(TunnelSignatureMode mode, int? withHeaders, int? withoutHeaders, int? wrongHeaders, int? wrongBody)
    {
        var right = new CallSignature(Key).SignHeaders("call-1", Now, Body(Key))!.Value;
        var wrong = new CallSignature("another key").SignHeaders("call-1", Now, Body(Key))!.Value;
        var overWrongBody = new CallSignature(Key).SignHeaders("call-1", Now, Body("another key"))!.Value;
        var subject = new CallSignature(Key, alternateKey: null, mode);

        Assert.Equal((withHeaders, mode == TunnelSignatureMode.Legacy ? null : "call-1"), Check(subject, right, Body(Key)));
        Assert.Equal((withoutHeaders, null), Check(subject, default, Body(Key)));
        Assert.Equal((withoutHeaders, null), Check(subject, right with { Signature = null }, Body(Key)));
        Assert.Equal((wrongHeaders, null), Check(subject, wrong, Body(Key)));
        Assert.Equal((wrongHeaders, null), Check(subject, right with { Signature = "" }, Body(Key)));
        Assert.Equal((wrongBody, wrongBody is null ? "call-1" : null), Check(subject, overWrongBody, Body("another key")));
        Assert.Equal((9003, null), Check(subject, default, Body("another key")));
    }

    [Fact]
    public void Legacy_sends_no_headers_and_the_others_do()
    {
        Assert.Null(new CallSignature(Key, alternateKey: null, TunnelSignatureMode.Legacy).SignHeaders("a", Now, Body(Key)));
        Assert.NotNull(new CallSignature(Key).SignHeaders("a", Now, Body(Key)));
        Assert.NotNull(new CallSignature(Key, alternateKey: null, TunnelSignatureMode.HmacOnly).SignHeaders("a", Now, Body(Key)));
    }

    [Fact]
    public void With_two_keys_the_first_signs_bodies_and_both_are_accepted()
    {
        var both = new CallSignature("the old key", "the new key");

        Assert.Equal((null, null), Check(both, default, Body("the old key")));
        Assert.Equal((null, null), Check(both, default, Body("the new key")));
        Assert.Equal((9003, null), Check(both, default, Body("a third key")));
        Assert.Equal(Body("the old key"), Body(both.Body));
    }

    private static (int? Code, string? Id) Check(CallSignature subject, WebhookHeaders headers, byte[] body)
    {
        Assert.True(Envelope.TryRead(body, new byte[Envelope.ScratchLength(body.Length)], out var envelope, out _));
        return (subject.Check(headers, new StoppedClock(), body, envelope, out var id)?.Code, id);
    }

    private static byte[] Body(string key) => Body(new TunnelSignature(key));

    private static byte[] Body(TunnelSignature signature)
    {
        using var output = new PooledBuffer();
        EnvelopeWriter.Write(output, Encoding.UTF8.GetBytes("{}"), signature);
        return output.WrittenSpan.ToArray();
    }

    private sealed class StoppedClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => Now;
    }
}
