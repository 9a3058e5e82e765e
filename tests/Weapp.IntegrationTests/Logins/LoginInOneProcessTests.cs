namespace Weapp.IntegrationTests.Logins;

/// <summary>Official clients against an app that holds its session server.</summary>
public sealed class LoginInOneProcessTests : OfficialLogin
{
    [Theory]
    [InlineData(Wafer1)]
    [InlineData(Wafer2)]
    public Task A_phone_that_logged_out_logs_in_again_at_its_next_request(string sdk) => WithPhoneAsync(sdk, static async (phone, _) =>
    {
        await phone.LoginAsync(Token);

        var logout = await phone.RequestAsync("/logout", Token, "POST");

        Assert.Equal("""{"code":0,"message":"ok"}""", logout.Data.GetRawText());
        await UserAsync(phone);
        Assert.Equal(2, phone.WeChatLogins);
    });

    private protected override Task<LoginSystem> StartSystemAsync() => LoginSystem.InOneProcessAsync();
}
