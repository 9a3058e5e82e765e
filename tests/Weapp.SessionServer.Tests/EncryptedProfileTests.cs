using Microsoft.Extensions.Time.Testing;
using Weapp.SessionServer.Tests.Support;
using Weapp.TestKit;

namespace Weapp.SessionServer.Tests;

/// <summary>What is believed of an encrypted profile: little, since its cipher proves nothing.</summary>
public sealed class EncryptedProfileTests : IAsyncLifetime
{
    private const string Refused = """{"returnCode":60021,"returnMessage":"DECRYPT_FAIL","returnData":"","version":1,"componentName":"MA"}""";

    private readonly TempFolder _folder = new();
    private FakePeer _weChat = null!;
    private TestServer _server = null!;
    private int _logins;

    public async ValueTask InitializeAsync()
    {
        _weChat = await FakePeer.StartAsync(WeChatSample.SessionAnswer);
        _server = await Apps.SessionServerAsync(_folder, new FakeTimeProvider(WeChatSample.Time), options =>
        {
            options.WeChat = new WeChatOptions { BaseAddress = _weChat.Address.ToString() };
            (options.AppId, options.AppSecret) = (WeChatSample.AppId, "app-secret");
        });
        _server.Secret("app-secret", WeChatSample.SessionKey, WeChatSample.Code, WeChatSample.EncryptedData, WeChatSample.Iv);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _weChat.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task WeChats_published_sample_is_read()
    {
        var answer = await LoginAsync(WeChatSample.EncryptedData, WeChatSample.Iv);

        Assert.Equal(0, answer.Code());
        var user = answer.User();
        Assert.Equal(WeChatSample.OpenId, user.OpenId);
        Assert.Equal("Band", user.NickName);
        Assert.Equal("Guangzhou", user.City);
        Assert.Equal(1, user.Gender);
        Assert.Equal(WeChatSample.AppId, user.Extra!["watermark"].GetProperty("appid").GetString());
        // The cipher lets a client write what it likes there: only code2session's is believed.
        Assert.Null(user.UnionId);
        Assert.DoesNotContain(WeChatSample.SessionKey, answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_flipped_bit_of_the_iv_makes_somebody_else()
    {
        var refused = 0;
        for (var bit = 0; bit < 128; bit++)
        {
            var iv = Convert.FromBase64String(WeChatSample.Iv);
            iv[bit / 8] ^= (byte)(1 << (bit % 8));

            var answer = await LoginAsync(WeChatSample.EncryptedData, Convert.ToBase64String(iv));

            if (answer.Code() == 0)
            {
                Assert.Equal(WeChatSample.OpenId, answer.User().OpenId);
                continue;
            }

            Assert.Equal(Refused, answer.Text);
            refused++;
        }

        // The first block is {"openId":"oGZUI: its last five characters are the openId's.
        Assert.InRange(refused, 5 * 8, 128);
    }

    [Fact]
    public async Task A_padding_oracle_gets_one_answer()
    {
        var data = Convert.FromBase64String(WeChatSample.EncryptedData);
        var answers = new List<string>();
        for (var change = 1; change < 256; change++)
        {
            var changed = data.ToArray();
            changed[^17] ^= (byte)change;
            answers.Add((await LoginAsync(Convert.ToBase64String(changed), WeChatSample.Iv)).Text);
        }

        Assert.All(answers, static answer => Assert.Equal(Refused, answer));
    }

    [Theory]
    [InlineData("""{"openId":"oGZUI0egBJY1zhBYw2KhdUfwVJJE","watermark":{"timestamp":1477314187,"appid":"wx4f4bc4dec97d474b"}}""")]
    [InlineData("""{"nickName":"Band","watermark":{"timestamp":1477314187,"appid":"wx4f4bc4dec97d474b"}}""")]
    [InlineData("""{"nickName":"Band","watermark":{"timestamp":1477313887,"appid":"wx4f4bc4dec97d474b"}}""")]
    [InlineData("""{"nickName":"Band","watermark":{"timestamp":1477314487,"appid":"wx4f4bc4dec97d474b"}}""")]
    public async Task A_profile_of_the_user_for_this_app_from_now_is_taken(string plain)
    {
        var answer = await LoginAsync(WeChatSample.Encrypt(plain), WeChatSample.Iv);

        Assert.Equal(0, answer.Code());
        Assert.Equal(WeChatSample.OpenId, answer.User().OpenId);
    }

    [Theory]
    [InlineData("""{"openId":"somebody-else","watermark":{"timestamp":1477314187,"appid":"wx4f4bc4dec97d474b"}}""")]
    [InlineData("""{"nickName":"Band","watermark":{"timestamp":1477314187,"appid":"wx0000000000000000"}}""")]
    [InlineData("""{"nickName":"Band"}""")]
    [InlineData("""{"nickName":"Band","watermark":null}""")]
    [InlineData("""{"nickName":"Band","watermark":{"appid":"wx4f4bc4dec97d474b"}}""")]
    [InlineData("""{"nickName":"Band","watermark":{"timestamp":1477313886,"appid":"wx4f4bc4dec97d474b"}}""")]
    [InlineData("""{"nickName":"Band","watermark":{"timestamp":1477314488,"appid":"wx4f4bc4dec97d474b"}}""")]
    [InlineData("""{"nickName":"Band","watermark":{"timestamp":-1,"appid":"wx4f4bc4dec97d474b"}}""")]
    [InlineData("""{"nickName":"Band","watermark":{"timestamp":1e999,"appid":"wx4f4bc4dec97d474b"}}""")]
    [InlineData("""{"nickName":"Band","watermark":{"timestamp":9223372036854775807,"appid":"wx4f4bc4dec97d474b"}}""")]
    [InlineData("""{"nickName":"Band","watermark":{"timestamp":-9223372036854775808,"appid":"wx4f4bc4dec97d474b"}}""")]
    [InlineData("""{"nickName":"Band","watermark":{"timestamp":"1477314187","appid":"wx4f4bc4dec97d474b"}}""")]
    [InlineData("""{"nickName":"\ud800","watermark":{"timestamp":1477314187,"appid":"wx4f4bc4dec97d474b"}}""")]
    [InlineData("""{"nickName":"a","nickName":"b","watermark":{"timestamp":1477314187,"appid":"wx4f4bc4dec97d474b"}}""")]
    [InlineData("""{"nickName":7,"watermark":{"timestamp":1477314187,"appid":"wx4f4bc4dec97d474b"}}""")]
    [InlineData("""["watermark"]""")]
    [InlineData("no json")]
    public async Task Any_other_profile_is_refused_in_the_same_words(string plain) =>
        Assert.Equal(Refused, (await LoginAsync(WeChatSample.Encrypt(plain), WeChatSample.Iv)).Text);

    [Theory]
    [InlineData("AAAA", WeChatSample.Iv)]
    [InlineData("not base64!", WeChatSample.Iv)]
    [InlineData(WeChatSample.EncryptedData, "AAAA")]
    [InlineData(WeChatSample.EncryptedData, "r7BXXKkLb8qrSNn05n0qiA==\n")]
    public async Task What_is_no_cipher_text_is_refused_in_the_same_words(string data, string iv) =>
        Assert.Equal(Refused, (await LoginAsync(data, iv)).Text);

    /// <summary>A code is good for one login.</summary>
    private Task<PhoneAnswer> LoginAsync(string encryptedData, string iv) =>
        SessionCalls.LoginAsync(_server, $"{WeChatSample.Code}-{_logins++}", encryptedData, iv);
}
