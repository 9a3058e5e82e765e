using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Weapp.Diagnostics;
using Weapp.Http;

namespace Weapp.Login;

/// <summary>Tells whose request it is, and writes nothing. The session server is asked once for a request, whoever asks here.</summary>
internal sealed class LoginChecker(SessionServerSource source, CheckCache cache, ILoggerFactory loggers)
{
    private readonly ILogger _logger = loggers.CreateLogger(LoginLog.Category);

    /// <summary>Makes an app without any session server fail now, not at its first phone.</summary>
    /// <exception cref="InvalidOperationException">There is none; says what to do.</exception>
    public void RequireSessionServer() => _ = source.Value;

    /// <summary>Checks a request.</summary>
    public async ValueTask<LoginCheckResult> CheckAsync(HttpContext context)
    {
        if (context.Features.Get<LoginCheckResult>() is { } known)
            return known;
        var result = await AskAsync(context);
        Remember(context, result);
        return result;
    }

    /// <summary>Notes what is known about a request's user.</summary>
    public static void Remember(HttpContext context, LoginCheckResult result)
    {
        context.Features.Set(result);
        context.RequestServices.GetRequiredService<CurrentUser>().Set(context, result.User);
    }

    private async ValueTask<LoginCheckResult> AskAsync(HttpContext context)
    {
        switch (LoginHeaders.TryReadCheck(context.Request.Headers, out var id, out var skey))
        {
            case HeaderState.Missing:
                return new LoginCheckResult(null, LoginFailure.CheckHeaderMissing);
            case HeaderState.Malformed:
                _logger.HeadersMalformed();
                return new LoginCheckResult(null, LoginFailure.Malformed);
        }

        try
        {
            return await AskAsync(id, skey, context.RequestAborted);
        }
        catch (SessionCallException e)
        {
            _logger.SessionServerFailed(e.Error, e.Status, e);
            return new LoginCheckResult(null, e.Error == PeerError.TimedOut ? LoginFailure.CheckTimedOut : LoginFailure.CheckUnavailable);
        }
    }

    private async ValueTask<LoginCheckResult> AskAsync(string? id, string skey, CancellationToken cancellationToken)
    {
        if (await cache.FindAsync(id, skey, cancellationToken) is { } known)
            return new LoginCheckResult(known, null);
        var answer = await source.Value.CheckAsync(id, skey, cancellationToken);
        if (answer.Value is { } user)
        {
            await cache.AddAsync(id, skey, user, cancellationToken);
            return new LoginCheckResult(user, null);
        }

        var failure = LoginFailure.OfCheck(answer.Code);
        if (failure == LoginFailure.InvalidSession)
        {
            _logger.SessionInvalid(answer.Code);
            await cache.RemoveAsync(skey, cancellationToken);
        }
        else
        {
            _logger.CheckFailed(answer.Code);
        }

        return new LoginCheckResult(null, failure);
    }
}
