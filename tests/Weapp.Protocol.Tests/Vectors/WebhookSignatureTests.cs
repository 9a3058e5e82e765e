using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Weapp.Protocol.Signatures;

namespace Weapp.Protocol.Tests.Vectors;

/// <summary>Signatures in headers: the published vector, and the cases that the specification's own libraries test.</summary>
public sealed class WebhookSignatureTests
{
    private const string Id = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    private const string Secret = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    private static readonly byte[] Body = Encoding.UTF8.GetBytes("""{"test": 2432232314}""");
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_614_265_330);
    private static readonly WebhookSignature Signature = new(Convert.FromBase64String(Secret));

    public static TheoryData<string?> UnusableTimestamps =>
    [
        (string?)null, "", "abc", "-1", "+1614265330", " 1614265330", "1614265330 ", "1614265330.5", "1e9", "100000000000000000000", "0x6037E8F2",
        "１６１４２６５３３０", At(-301), At(301), At(-100_000_000),
    ];

    public static TheoryData<string?> UnusableIds => [(string?)null, "", "a.b", "a b", "a\u007f", "a\r\n", "编号", new string('a', 257), new string('a', 1024)];

    public static TheoryData<string> WrongSignatures =>
    [
        "", " ", "v1", "v1,", "v2,x", "v1,v1,", Right()["v1,".Length..], "v2" + Right()[2..], "V1" + Right()[2..], "v1a" + Right()[2..], Right()[..^1], Right() + "=",
        "v1, " + Right()[3..], Right() + "," + Right(), Right().ToUpperInvariant(), "v1," + Convert.ToBase64String(new byte[32]),
        "v1," + Convert.ToHexStringLower(HMACSHA256.HashData(Convert.FromBase64String(Secret), Encoding.UTF8.GetBytes($"{Id}.{At(0)}.").Concat(Body).ToArray())),
        string.Concat(Enumerable.Repeat("v1,AAAA ", 10)) + Right(), new string(' ', 10) + Right(), new string('v', 64 * 1024),
        string.Join(' ', Enumerable.Repeat("v1," + Convert.ToBase64String(new byte[32]), 1_000)),
    ];

    [Fact]
    public void The_published_vector_is_reproduced()
    {
        var headers = Signature.Sign(Id, Now, Body);

        Assert.Equal(new WebhookHeaders(Id, "1614265330", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="), headers);
        Assert.Null(Signature.Check(headers, Now, Body));
    }

    [Theory]
    [InlineData(-300)]
    [InlineData(-299)]
    [InlineData(0)]
    [InlineData(299)]
    [InlineData(300)]
    public void Clocks_may_differ_by_five_minutes(int seconds) => Assert.Null(Check(At(seconds)));

    [Theory]
    [MemberData(nameof(UnusableTimestamps))]
    public void A_time_that_is_missing_no_number_or_too_far_away_is_9007(string? timestamp) => Assert.Equal(9007, Check(timestamp)?.Code);

    [Theory]
    [MemberData(nameof(UnusableIds))]
    public void An_id_that_is_missing_or_none_is_9007(string? id)
    {
        Assert.Equal(9007, Signature.Check(new WebhookHeaders(id, At(0), Right()), Now, Body)?.Code);
        if (id is not null)
            Assert.ThrowsAny<ArgumentException>(() => Signature.Sign(id, Now, Body));
    }

    [Theory]
    [MemberData(nameof(WrongSignatures))]
    public void Anything_but_a_right_signature_among_the_first_ten_is_9003(string signature) =>
        Assert.Equal(9003, Signature.Check(new WebhookHeaders(Id, At(0), signature), Now, Body)?.Code);

    [Fact]
    public void A_missing_signature_is_9003() => Assert.Equal(9003, Signature.Check(new WebhookHeaders(Id, At(0), null), Now, Body)?.Code);

    [Theory]
    [InlineData("v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc= v2,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc= {0} v1,Ceo5=")]
    [InlineData("v1a,whatever {0}")]
    [InlineData("a b c d e f g h i {0}")]
    [InlineData("{0} trailing")]
    public void One_right_signature_is_enough(string signatures) =>
        Assert.Null(Signature.Check(new WebhookHeaders(Id, At(0), string.Format(CultureInfo.InvariantCulture, signatures, Right())), Now, Body));

    [Fact]
    public void Id_time_and_every_byte_of_the_body_are_signed()
    {
        var headers = Signature.Sign(Id, Now, Body);

        Assert.Equal(9003, Signature.Check(headers with { Id = Id + "x" }, Now, Body)?.Code);
        Assert.Equal(9003, Signature.Check(headers with { Timestamp = At(1) }, Now, Body)?.Code);
        Assert.Equal(9003, Signature.Check(headers, Now, [.. Body, (byte)' '])?.Code);
        for (var i = 0; i < Body.Length; i++)
        {
            var changed = (byte[])Body.Clone();
            changed[i] ^= 1;
            Assert.Equal(9003, Signature.Check(headers, Now, changed)?.Code);
        }
    }

    [Fact]
    public void A_key_is_its_utf8_bytes_whatever_it_looks_like()
    {
        var headers = new WebhookSignature("whsec_" + Secret).Sign(Id, Now, Body);

        Assert.Null(new WebhookSignature(Encoding.UTF8.GetBytes("whsec_" + Secret)).Check(headers, Now, Body));
        Assert.Equal(9003, new WebhookSignature(Secret).Check(headers, Now, Body)?.Code);
        Assert.Equal(9003, Signature.Check(headers, Now, Body)?.Code);
    }

    [Fact]
    public void With_two_keys_both_sign_and_both_are_accepted()
    {
        var both = new WebhookSignature("the old key", "the new key");
        var headers = both.Sign(Id, Now, Body);

        Assert.Equal(2, headers.Signature!.Split(' ').Length);
        foreach (var single in (WebhookSignature[])[new("the old key"), new("the new key"), new("the new key", "the old key"), both])
        {
            Assert.Null(single.Check(headers, Now, Body));
            Assert.Null(both.Check(single.Sign(Id, Now, Body), Now, Body));
        }

        Assert.Equal(9003, new WebhookSignature("another key").Check(headers, Now, Body)?.Code);
        Assert.Equal(9003, both.Check(new WebhookSignature("another key").Sign(Id, Now, Body), Now, Body)?.Code);
    }

    [Fact]
    public void Empty_keys_are_refused()
    {
        Assert.Throws<ArgumentException>(static () => new WebhookSignature(""));
        Assert.Throws<ArgumentException>(static () => new WebhookSignature([]));
        Assert.Throws<ArgumentException>(static () => new WebhookSignature("a key", ""));
        Assert.Throws<ArgumentException>(static () => new TunnelSignature("a key", ""));
    }

    [Fact]
    public void Many_threads_can_sign_at_once()
    {
        var signature = new WebhookSignature("a key");
        var expected = signature.Sign(Id, Now, Body);

        Parallel.For(0, 1_000, _ => Assert.Equal(expected, signature.Sign(Id, Now, Body)));
    }

    private static string At(int seconds) => Now.AddSeconds(seconds).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);

    private static string Right() => Signature.Sign(Id, Now, Body).Signature!;

    /// <summary>Checks a call whose signature covers that time.</summary>
    private static Rejection? Check(string? timestamp)
    {
        byte[] signed = [.. Encoding.UTF8.GetBytes($"{Id}.{timestamp}."), .. Body];
        var signature = "v1," + Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(Secret), signed));
        return Signature.Check(new WebhookHeaders(Id, timestamp, signature), Now, Body);
    }
}
