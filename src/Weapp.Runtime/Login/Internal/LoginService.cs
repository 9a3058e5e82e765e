using Microsoft.AspNetCore.Http;

namespace Weapp.Login;

/// <summary>Login and check for endpoints that call them.</summary>
internal sealed class LoginService(LoginPerformer performer, LoginChecker checker) : ILoginService
{
    public async ValueTask<UserInfo> LoginAsync(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var result = await performer.PerformAsync(context, null);
        return result.User ?? throw Exception(result);
    }

    public async ValueTask<UserInfo> CheckAsync(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var result = await checker.CheckAsync(context);
        if (result.User is not null)
            return result.User;
        await result.WriteFailureAsync(context);
        throw Exception(result);
    }

    private static LoginException Exception(LoginCheckResult result) => new(result.Failure!.Type, result.Failure.Message);
}
