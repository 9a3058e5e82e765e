using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Weapp.Diagnostics;
using Weapp.Http;
using Weapp.Protocol.Sessions;

namespace Weapp.Login;

/// <summary>Turns a request's code into a session and answers with it.</summary>
internal sealed class LoginPerformer(SessionServerSource source, ILoggerFactory loggers)
{
    private readonly ILogger _logger = loggers.CreateLogger(LoginLog.Category);

    /// <summary>Performs a login and writes its answer, whichever it is.</summary>
    /// <returns>The user, or why there is none.</returns>
    public async Task<LoginCheckResult> PerformAsync(HttpContext context, Func<HttpContext, UserInfo, ValueTask>? onSuccess)
    {
        var (grant, failure) = await LoginAsync(context);
        var result = new LoginCheckResult(grant?.UserInfo, failure);
        if (grant is null)
        {
            await result.WriteFailureAsync(context);
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
                _logger.HeadersMalformed();
                return (null, LoginFailure.Malformed);
        }

        try
        {
            var answer = await source.Value.LoginAsync(request!, context.RequestAborted);
            if (answer.Value is { } grant)
                return (grant, null);
            var failure = LoginFailure.OfLogin(answer.Code);
            if (failure == LoginFailure.LoginRefused)
                _logger.LoginRefused(answer.Code);
            else
                _logger.LoginFailed(answer.Code);
            return (null, failure);
        }
        catch (SessionCallException e)
        {
            _logger.SessionServerFailed(e.Error, e.Status, e);
            return (null, e.Error == PeerError.TimedOut ? LoginFailure.LoginTimedOut : LoginFailure.LoginUnavailable);
        }
    }
}
