using Microsoft.AspNetCore.Http;

namespace Weapp.Login;

/// <summary>Login, check and logout for endpoints that call them.</summary>
internal sealed class LoginService(LoginPerformer performer, LoginChecker checker, LogoutPerformer logout) : ILoginService
{
    public async ValueTask<UserInfo> LoginAsync(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var result = await performer.PerformAsync(context, null);
        return result.User ?? throw Exception(result.Failure!);
    }

    public async ValueTask<UserInfo> CheckAsync(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var result = await checker.CheckAsync(context);
        if (result.User is not null)
            return result.User;
        await result.WriteFailureAsync(context);
        throw Exception(result.Failure!);
    }

    public async ValueTask LogoutAsync(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (await logout.PerformAsync(context) is not { } failure)
            return;
        await failure.WriteAsync(context);
        throw Exception(failure);
    }

    private static LoginException Exception(LoginFailure failure) => new(failure.Type, failure.Message);
}
