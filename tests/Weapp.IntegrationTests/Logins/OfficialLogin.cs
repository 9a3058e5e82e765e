using System.Text.Json;
using Weapp.TestKit;

namespace Weapp.IntegrationTests.Logins;

/// <summary>What a mini program with an official client SDK does with its session, wherever the session server is.</summary>
public abstract class OfficialLogin
{
    protected const string Wafer1 = "wafer-client-sdk";
    protected const string Wafer2 = "wafer2-client-sdk";

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Wafer1)]
    [InlineData(Wafer2)]
    public Task A_phone_logs_in_and_the_app_knows_its_user(string sdk) => WithPhoneAsync(sdk, static async (phone, _) =>
    {
        var profile = await phone.LoginAsync(Token);

        Assert.Equal("三木", profile.GetProperty("nickName").GetString());
        Assert.Equal("三木", (await UserAsync(phone)).GetProperty("nickName").GetString());
        Assert.Equal(1, phone.WeChatLogins);
    });

    [Theory]
    [InlineData(Wafer1)]
    [InlineData(Wafer2)]
    public Task A_phone_whose_session_has_expired_logs_in_again_by_itself(string sdk) => WithPhoneAsync(sdk, static async (phone, system) =>
    {
        await phone.LoginAsync(Token);
        var openId = (await UserAsync(phone)).GetProperty("openId").GetString();

        system.ExpireSessions();

        Assert.Equal(openId, (await UserAsync(phone)).GetProperty("openId").GetString());
        Assert.Equal(2, phone.WeChatLogins);
        await UserAsync(phone);
        Assert.Equal(2, phone.WeChatLogins);
    });

    [Fact]
    public Task A_Wafer_2_phone_logs_in_with_a_code_alone() => WithPhoneAsync(Wafer2, static async (phone, system) =>
    {
        var profile = await phone.LoginWithCodeAsync(Token);
        var user = await UserAsync(phone);

        Assert.NotEqual("", user.GetProperty("openId").GetString());
        Assert.Equal(profile.GetProperty("openId").GetString(), user.GetProperty("openId").GetString());
        system.ExpireSessions();
        Assert.Equal(user.GetProperty("openId").GetString(), (await UserAsync(phone)).GetProperty("openId").GetString());
    });

    [Fact]
    public Task A_Wafer_2_phone_that_was_never_logged_in_does_so_at_its_first_request() => WithPhoneAsync(Wafer2, static async (phone, _) =>
    {
        Assert.NotEqual("", (await UserAsync(phone)).GetProperty("openId").GetString());
        Assert.Equal(1, phone.WeChatLogins);
    });

    private protected abstract Task<LoginSystem> StartSystemAsync();

    private protected async Task WithPhoneAsync(string sdk, Func<OfficialPhone, LoginSystem, Task> use)
    {
        await using var system = await StartSystemAsync();
        await using var phones = OfficialPhones.Start();
        await use(await phones.AddAsync("三木", system.App, system.WeChat, Token, sdk), system);
    }

    private protected static async Task<JsonElement> UserAsync(OfficialPhone phone)
    {
        var response = await phone.RequestAsync("/user", Token);
        Assert.Equal(200, response.StatusCode);
        return response.Data.GetProperty("data").GetProperty("userInfo");
    }
}
