using System.Text;
using System.Text.Json;
using Weapp.Protocol.Answers;
using Weapp.Protocol.Signatures;
using Weapp.Protocol.Tunnels;

namespace Weapp.Protocol.Tests.Answers;

/// <summary>Every shape in which tunnel servers answer.</summary>
public sealed class TunnelAnswerTests
{
    private const string Grant = """{"tunnelId":"t1","connectUrl":"wss://a.example/ws/t1?ticket=x"}""";

    private static readonly TunnelSignature Signature = new(Received.Key);

    public static TheoryData<string> Unusable =>
    [
        "", "<html>502</html>", "null", "[]", "1", "\"ok\"", "{", "{}", "{}{}", "{\"message\":\"OK\"}",
        .. from code in new[] { "null", "\"0\"", "{}", "0.5", "1e3", "99999999999", "true", "" } select $"{{\"code\":{code}}}",
        "{\"code\":0,\"code\":0}", "{\"code\":0,\"data\":null,\"d\\u0061ta\":null}", "{\"code\":0,\"message\":\"\",\"message\":\"\"}",
        "{\"code\":0,\"signature\":\"a\",\"signature\":\"a\"}", "{\"code\":0,\"message\":\"\\ud800\"}", "{\"code\":0,\"x\":[\"\\udc00\"]}",
        "{\"code\":0,\"data\":\"\\ud800\"}", "{\"code\":0,\"data\":{\"a\":01}}", "{\"code\":0}}", "\uFEFF\uFEFF{\"code\":0}",
    ];

    public static TheoryData<string> NoData => ["{\"code\":0}", "{\"code\":0,\"data\":null}", "{\"code\":0,\"data\":\"\"}", "{\"code\":0,\"data\":\"null\"}"];

    public static TheoryData<string> BadGrants =>
    [
        "{}", "[]", "1", "\"text\"", "{\"tunnelId\":\"t1\"}", "{\"connectUrl\":\"wss://a/\"}", Grant + "x", Grant[..^1],
        .. from id in new[] { "\"\"", "5", "null", "\"a\\r\\n\"", $"\"{new string('a', 1 << 20)}\"", "\"\\ud800\"" }
           select $"{{\"tunnelId\":{id},\"connectUrl\":\"wss://a/\"}}",
        .. from url in new[]
           {
               "", "javascript:alert(1)", "http://a/", "https://a/", "wss:", "wss:///x", "wss://u:p@a/", "wss://u@a/", "wss://a/#f", "wss://a/\\r\\nx", "wss://a/ b", " wss://a/",
               "wss:\\\\\\\\a", "//a/ws", "/ws", $"wss://a/{new string('x', 10_000)}",
           }
           select $"{{\"tunnelId\":\"t1\",\"connectUrl\":\"{url}\"}}",
        "{\"tunnelId\":\"t1\",\"tunnelId\":\"t2\",\"connectUrl\":\"wss://a/\"}", "{\"tunnelId\":\"t1\",\"connectUrl\":\"wss://a/\",\"connectUrl\":\"wss://b/\"}",
        "{\"tunnelId\":\"t1\",\"connectUrl\":5}",
    ];

    [Theory]
    [MemberData(nameof(Unusable))]
    public void Bodies_without_an_integer_code_are_unusable(string body) => Assert.False(TunnelAnswer.TryRead(Encoding.UTF8.GetBytes(body), Signature, out _));

    [Fact]
    public void Invalid_utf8_is_unusable() => Assert.False(TunnelAnswer.TryRead([.. "{\"code\":0,\"x\":\""u8, 0xFF, .. "\"}"u8], Signature, out _));

    [Theory]
    [InlineData("{\"code\":0}", 0, "")]
    [InlineData("\uFEFF { \"x\" : {} , \"message\" : \"n\\u006f\" , \"code\" : -1 }", -1, "no")]
    [InlineData("{\"code\":9003,\"message\":null}", 9003, "")]
    [InlineData("{\"code\":2147483647,\"message\":{}}", int.MaxValue, "")]
    [InlineData("{\"code\":1,\"message\":\"a\\r\\nb\\u0000\"}", 1, "a  b ")]
    public void Code_and_message_are_kept(string body, int code, string message)
    {
        var answer = Read(body);
        Assert.Equal((code, message), (answer.Code, answer.Message));
    }

    [Fact]
    public void A_long_message_is_cut() => Assert.Equal(TunnelAnswer.MaxMessageLength, Read($"{{\"code\":1,\"message\":\"{new string('x', 100_000)}\"}}").Message.Length);

    [Fact]
    public void A_grant_is_read_from_text_and_from_an_object()
    {
        var expected = new TunnelGrant("t1", "wss://a.example/ws/t1?ticket=x");
        foreach (var data in (string[])[Grant, JsonSerializer.Serialize(Grant), Grant.Replace("{", "{ \"skey\" : [1] ,", StringComparison.Ordinal)])
        {
            Assert.True(Read($"{{\"code\":0,\"data\": {data} }}").TryReadGrant(out var grant, out var problem), problem);
            Assert.Equal(expected, grant);
        }
    }

    [Theory]
    [MemberData(nameof(NoData))]
    public void Absent_data_is_no_grant_but_a_push_without_invalid_ids(string body)
    {
        var answer = Read(body);
        Assert.False(answer.TryReadGrant(out _, out _));
        Assert.True(answer.TryReadPushResult(["a"], out var result, out _));
        Assert.Same(PushResult.AllValid, result);
    }

    [Theory]
    [MemberData(nameof(BadGrants))]
    public void A_grant_that_must_not_reach_a_phone_is_refused_and_its_values_are_not_told(string data)
    {
        foreach (var shape in (string[])[JsonSerializer.Serialize(data), data])
        {
            if (!TunnelAnswer.TryRead(Encoding.UTF8.GetBytes($"{{\"code\":0,\"data\":{shape}}}"), null, out var answer))
                continue;
            Assert.False(answer.TryReadGrant(out _, out var problem));
            Assert.DoesNotContain("t1", problem, StringComparison.Ordinal);
            Assert.InRange(problem.Length, 1, 100);
        }
    }

    [Fact]
    public void A_signature_is_right_wrong_or_absent()
    {
        var hex = new byte[TunnelSignature.Length];
        Signature.Sign(Encoding.UTF8.GetBytes(Grant), hex);
        var right = Encoding.UTF8.GetString(hex);
        var text = JsonSerializer.Serialize(Grant);

        Assert.Equal(AnswerSignature.Right, Read($"{{\"signature\":\"{right}\",\"code\":0,\"data\":{text}}}").Signature);
        Assert.Equal(AnswerSignature.Right, Read($"{{\"code\":0,\"data\":{Grant},\"signature\":\"{right}\"}}").Signature);
        Assert.All(
            [$"\"{right.ToUpperInvariant()}\"", "\"x\"", "5", "{}", "false", $"\"{right[1..]}0\""],
            wrong => Assert.Equal(AnswerSignature.Wrong, Read($"{{\"code\":0,\"data\":{text},\"signature\":{wrong}}}").Signature));
        Assert.Equal(AnswerSignature.Wrong, Read($"{{\"code\":0,\"data\":{text.Replace("t1", "t2", StringComparison.Ordinal)},\"signature\":\"{right}\"}}").Signature);
        Assert.All(["", ",\"signature\":null", ",\"signature\":\"\""], absent => Assert.Equal(AnswerSignature.Absent, Read($"{{\"code\":0,\"data\":{text}{absent}}}").Signature));
        Assert.True(TunnelAnswer.TryRead("{\"code\":0,\"signature\":\"x\"}"u8, signature: null, out var unchecked_));
        Assert.Equal(AnswerSignature.Absent, unchecked_.Signature);
    }

    [Theory]
    [InlineData("{}", "")]
    [InlineData("""{"invalidTunnelIds":null}""", "")]
    [InlineData("""{"invalidTunnelIds":"a"}""", "")]
    [InlineData("""{"invalidTunnelIds":{"a":"a"}}""", "")]
    [InlineData("""{"invalidTunnelIds":[1,null,["a"],{"b":"b"},true]}""", "")]
    [InlineData("""{"invalidTunnelIds":["c","x","a","c",5,"\u0061"],"y":[1]}""", "c a")]
    [InlineData("""{"invalidTunnelIds":[]}""", "")]
    public void Only_ids_that_were_sent_are_invalid_each_once(string data, string expected)
    {
        foreach (var shape in (string[])[data, JsonSerializer.Serialize(data)])
        {
            Assert.True(Read($"{{\"code\":0,\"data\":{shape}}}").TryReadPushResult(["a", "b", "c"], out var result, out _));
            Assert.Equal(expected, string.Join(' ', result.InvalidTunnelIds));
            Assert.Empty(result.UndeliveredTunnelIds);
        }
    }

    [Fact]
    public void A_million_invalid_ids_are_those_that_were_sent()
    {
        var ids = string.Join(',', Enumerable.Range(0, 1_000_000).Select(static i => $"\"{i}\""));
        Assert.True(Read($"{{\"code\":0,\"data\":{{\"invalidTunnelIds\":[{ids}]}}}}").TryReadPushResult(["7", "x", "999999"], out var result, out _));
        Assert.Equal(["7", "999999"], result.InvalidTunnelIds);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("5")]
    [InlineData("true")]
    [InlineData("""{"invalidTunnelIds":[],"invalidTunnelIds":["a"]}""")]
    [InlineData("""{"undeliveredTunnelIds":[],"undeliveredTunnelIds":[]}""")]
    public void A_push_answer_whose_data_is_no_object_is_refused(string data)
    {
        Assert.False(Read($"{{\"code\":0,\"data\":{data}}}").TryReadPushResult(["a"], out _, out var problem));
        Assert.NotEmpty(problem);
        Assert.False(Read("{\"code\":0,\"data\":\"no json\"}").TryReadPushResult(["a"], out _, out _));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_push_answer_is_written_in_the_callers_shape_and_read_in_both(bool asText)
    {
        var result = new PushResult(["a", "b\"\\中"]) { UndeliveredTunnelIds = ["c"] };
        using var output = new PooledBuffer();
        TunnelAnswerWriter.WritePushResult(output, result, asText ? Signature : null);

        using var json = JsonDocument.Parse(output.WrittenMemory);
        Assert.Equal(asText ? JsonValueKind.String : JsonValueKind.Object, json.RootElement.GetProperty("data").ValueKind);
        Assert.Equal(asText, json.RootElement.TryGetProperty("signature", out _));
        Assert.True(TunnelAnswer.TryRead(output.WrittenSpan, Signature, out var answer));
        Assert.Equal(asText ? AnswerSignature.Right : AnswerSignature.Absent, answer.Signature);
        Assert.True(answer.TryReadPushResult(["c", "b\"\\中", "a"], out var read, out _));
        Assert.Equal(result.InvalidTunnelIds, read.InvalidTunnelIds);
        Assert.Equal(result.UndeliveredTunnelIds, read.UndeliveredTunnelIds);
    }

    private static TunnelAnswer Read(string body)
    {
        Assert.True(TunnelAnswer.TryRead(Encoding.UTF8.GetBytes(body), Signature, out var answer));
        return answer;
    }
}
