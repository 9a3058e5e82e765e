namespace Weapp.IntegrationTests.Logins;

/// <summary>Official clients against an app in one process, which asks a session server in another.</summary>
public sealed class LoginInTwoProcessesTests : OfficialLogin
{
    private protected override Task<LoginSystem> StartSystemAsync() => LoginSystem.InTwoProcessesAsync(Token);
}
