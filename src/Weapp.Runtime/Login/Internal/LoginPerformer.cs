using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Weapp.Protocol.Sessions;

namespace Weapp.Login.Internal;

/// <summary>Turns a request's code into a session and answers with it.</summary>
internal sealed class LoginPerformer(SessionServerSource source, ILogger<LoginPerformer> logger)
{
    /// <summary>Performs a login and writes its answer, whichever it is.</summary>
    /// <returns>The user, or why there is none.</returns>
    public async Task<LoginCheckResult> PerformAsync(HttpContext context, Func<HttpContext, UserInfo, ValueTask>? onSuccess)
    {
        var (grant, failure) = await LoginAsync(context);
        var result = new LoginCheckResult(grant?.UserInfo, failure);
        if (grant is null)
        {
            await failure!.WriteAsync(context);
            return result;
        }

        LoginChecker.Remember(context, result);
        if (onSuccess is not null)
            await onSuccess(context, grant.UserInfo);
        await LoginBody.WriteAsync(context, grant);
        return result;
    }

    private async ValueTask<(SessionGrant? Grant, LoginFailure? Failure)> LoginAsync(HttpContext context)
    {
        switch (LoginHeaders.TryReadLogin(context.Request.Headers, out var request))
        {
            case HeaderState.Missing:
                return (null, LoginFailure.LoginHeaderMissing);
            case HeaderState.Malformed:
                logger.HeadersMalformed();
                return (null, LoginFailure.Malformed);
        }

        try
        {
            var answer = await source.Server.LoginAsync(request!, context.RequestAborted);
            if (answer.Value is { } grant)
                return (grant, null);
            var failure = LoginFailure.OfLogin(answer.Code);
            if (failure == LoginFailure.LoginRefused)
                logger.LoginRefused(answer.Code);
            else
                logger.LoginFailed(answer.Code);
            return (null, failure);
        }
        catch (SessionCallException e)
        {
            logger.SessionServerFailed(e.Failure, e);
            return (null, e.Failure == SessionCallFailure.TimedOut ? LoginFailure.LoginTimedOut : LoginFailure.LoginUnavailable);
        }
    }
}
