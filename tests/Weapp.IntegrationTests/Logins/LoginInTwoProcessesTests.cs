namespace Weapp.IntegrationTests.Logins;

/// <summary>Official clients against an app in one process, which asks a session server in another.</summary>
public sealed class LoginInTwoProcessesTests : OfficialLogin
{
    [Theory]
    [InlineData(Wafer1)]
    [InlineData(Wafer2)]
    public Task A_phone_comes_back_with_its_session_though_the_session_server_fails_meanwhile(string sdk) => WithPhoneAsync(sdk, static async (phone, system) =>
    {
        await phone.LoginAsync(Token);
        await phone.OpenAsync(Token);
        await phone.WaitForAsync("connect", Token);

        var failed = system.FailOnceAsync();
        await phone.KillSocketAsync(Token);
        await failed.WaitAsync(Token);

        await phone.WaitForAsync("reconnect", Token);
        Assert.Equal(1, phone.WeChatLogins);
    });

    private protected override Task<LoginSystem> StartSystemAsync() => LoginSystem.InTwoProcessesAsync(Token);
}
