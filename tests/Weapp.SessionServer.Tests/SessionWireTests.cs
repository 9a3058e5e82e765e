using System.Buffers;
using System.Text;
using System.Text.Json;
using Weapp.Protocol.Sessions;

namespace Weapp.SessionServer.Tests;

/// <summary>The session protocol's bytes, against what the official SDK and session server sent each other.</summary>
public sealed class SessionWireTests
{
    private static readonly (string Request, string Response)[] Captured =
        [.. JsonDocument.Parse(File.ReadAllBytes("captures/servers.json")).RootElement.EnumerateArray()
            .Where(static entry => entry.GetProperty("k").GetString() == "auth")
            .Select(static entry => (entry.GetProperty("request").GetString()!, entry.GetProperty("response").GetString()!))];

    [Fact]
    public void A_captured_login_is_written_and_read_byte_by_byte()
    {
        var (request, response) = Captured[0];

        Assert.Equal(request, Text(output => SessionRequestWriter.WriteLogin(output, new SessionLoginRequest("c1", "ENC==", "IV=="))));
        Assert.Equal(SessionCode.Ok, SessionRequest.Read(Encoding.UTF8.GetBytes(request), out var read));
        Assert.Equal(new SessionRequest(SessionInterface.Login, "c1", "ENC==", "IV==", null, null), read);
        Assert.True(SessionAnswerReader.TryReadLogin(Encoding.UTF8.GetBytes(response), out var answer));
        Assert.Equal(TimeSpan.FromHours(2), answer.Value!.Duration);
        Assert.Equal("三木c1", answer.Value.UserInfo.NickName);
        Assert.Equal(response, Text(output => SessionAnswerWriter.Write(output, answer)));
    }

    [Fact]
    public void A_captured_check_is_written_and_read_byte_by_byte()
    {
        var (request, response) = Captured[1];

        Assert.Equal(request, Text(static output => SessionRequestWriter.WriteCheck(output, "sid1", "sk1")));
        Assert.Equal(SessionCode.Ok, SessionRequest.Read(Encoding.UTF8.GetBytes(request), out var read));
        Assert.Equal(new SessionRequest(SessionInterface.Check, null, null, null, "sid1", "sk1"), read);
        Assert.True(SessionAnswerReader.TryReadCheck(Encoding.UTF8.GetBytes(response), out var answer));
        Assert.Equal("o-c1", answer.Value!.OpenId);
        Assert.Equal(response, Text(output => SessionAnswerWriter.Write(output, answer)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("<html></html>")]
    [InlineData("""{"returnData":{"user_info":{"openId":"o"}}}""")]
    [InlineData("""{"returnCode":null,"returnData":{"user_info":{"openId":"o"}}}""")]
    [InlineData("""{"returnCode":true,"returnData":{"user_info":{"openId":"o"}}}""")]
    [InlineData("""{"returnCode":"0","returnData":{"user_info":{"openId":"o"}}}""")]
    [InlineData("""{"returnCode":0.0,"returnData":{"user_info":{"openId":"o"}}}""")]
    [InlineData("""{"returnCode":1099511627776,"returnData":{"user_info":{"openId":"o"}}}""")]
    [InlineData("""{"returnCode":0,"returnData":""}""")]
    [InlineData("""{"returnCode":0,"returnData":null}""")]
    [InlineData("""{"returnCode":0,"returnData":[]}""")]
    [InlineData("""{"returnCode":0,"returnData":{"user_info":{"openId":"o","gender":1e999}}}""")]
    [InlineData("""{"returnCode":0,"returnData":{"user_info":{"openId":"o","gender":99999999999}}}""")]
    [InlineData("""{"returnCode":0,"returnData":{"user_info":{"openId":7}}}""")]
    [InlineData("""{"returnCode":0,"returnCode":60012,"returnData":{"user_info":{"openId":"o"}}}""")]
    [InlineData("""{"returnCode":60012,"returnCode":0,"returnData":{"user_info":{"openId":"o"}}}""")]
    [InlineData("""{"returnCode":0,"returnData":{"user_info":{"openId":"\ud800"}}}""")]
    [InlineData("""{"returnCode":0,"returnData":{"user_info":{"openId":"o"}}} {}""")]
    public void A_check_answer_that_cannot_be_used_is_no_answer(string body) =>
        Assert.False(SessionAnswerReader.TryReadCheck(Encoding.UTF8.GetBytes(body), out _));

    [Fact]
    public void Answers_with_invalid_UTF8_or_bottomless_nesting_are_no_answers()
    {
        byte[] invalid = [.. """{"returnCode":0,"returnData":{"user_info":{"openId":"o","city":" """u8, 0xED, 0xA0, 0x80, .. "\"}}}"u8];
        Assert.False(SessionAnswerReader.TryReadCheck(invalid, out _));
        var deep = """{"returnCode":0,"returnData":{"user_info":{"openId":"o","x":""" + new string('[', 100) + new string(']', 100) + "}}}";
        Assert.False(SessionAnswerReader.TryReadCheck(Encoding.UTF8.GetBytes(deep), out _));
    }

    [Theory]
    [InlineData("""{"skey":"s","user_info":{}}""")]
    [InlineData("""{"id":null,"skey":"s","user_info":{}}""")]
    [InlineData("""{"id":7,"skey":"s","user_info":{}}""")]
    [InlineData("""{"id":"","skey":"s","user_info":{}}""")]
    [InlineData("""{"id":"i","skey":"a\r\nSet-Cookie: x","user_info":{}}""")]
    [InlineData("""{"id":"i","user_info":{}}""")]
    public void A_login_answer_without_usable_keys_is_no_answer(string data) =>
        Assert.False(SessionAnswerReader.TryReadLogin(Encoding.UTF8.GetBytes("""{"returnCode":0,"returnData":""" + data + "}"), out _));

    [Fact]
    public void A_key_may_be_256_characters_long_and_no_longer()
    {
        Assert.True(Read(256));
        Assert.False(Read(257));

        static bool Read(int length) => SessionAnswerReader.TryReadLogin(
            Encoding.UTF8.GetBytes($$$"""{"returnCode":0,"returnData":{"id":"i","skey":"{{{new string('s', length)}}}"}}"""), out _);
    }

    [Theory]
    [InlineData("null", "")]
    [InlineData(""" {"openId":"o","gender":"1"} """, "o")]
    [InlineData(""" "{\"openId\":\"o\",\"gender\":1}" """, "o")]
    public void A_user_may_be_absent_or_text_in_text(string user, string openId)
    {
        Assert.True(SessionAnswerReader.TryReadCheck(Encoding.UTF8.GetBytes("""{"returnCode":0,"returnData":{"user_info":""" + user + "}}"), out var answer));
        Assert.Equal(openId, answer.Value!.OpenId);
        Assert.Equal(openId.Length, answer.Value.Gender);
    }

    [Fact]
    public void Nicknames_pass_unchanged()
    {
        var nickName = "👩‍👩‍👧\0\u202E\"\\" + new string('木', 2000);
        var text = Text(output => SessionAnswerWriter.Write(output, new SessionAnswer<UserInfo>(0, "AUTH_SUCCESS", new UserInfo { OpenId = "o", NickName = nickName })));

        Assert.True(SessionAnswerReader.TryReadCheck(Encoding.UTF8.GetBytes(text), out var answer));

        Assert.Equal(nickName, answer.Value!.NickName);
    }

    [Fact]
    public void Members_that_are_not_known_are_kept()
    {
        Assert.True(SessionAnswerReader.TryReadCheck("""{"returnCode":0,"returnData":{"user_info":{"openId":"o","watermark":{"appid":"wx1"}}}}"""u8.ToArray(), out var answer));

        Assert.Equal("wx1", answer.Value!.Extra!["watermark"].GetProperty("appid").GetString());
    }

    [Fact]
    public void Requests_and_grants_do_not_print_their_secrets()
    {
        var texts = string.Concat(
            new SessionLoginRequest("secret", "secret", "secret"),
            new SessionDecryptRequest("secret", "secret", "secret", "secret"),
            new SessionGrant("secret", "secret", new UserInfo()),
            new SessionRequest(SessionInterface.Login, "secret", "secret", "secret", "secret", "secret"));

        Assert.DoesNotContain("secret", texts, StringComparison.Ordinal);
    }

    private static string Text(Action<IBufferWriter<byte>> write)
    {
        var output = new ArrayBufferWriter<byte>();
        write(output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
