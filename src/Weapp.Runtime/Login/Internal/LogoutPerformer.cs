using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Weapp.Diagnostics;
using Weapp.Http;
using Weapp.Protocol.Sessions;

namespace Weapp.Login;

/// <summary>Ends the session that a request names; writes nothing.</summary>
internal sealed class LogoutPerformer(SessionServerSource source, CheckCache cache, ILoggerFactory loggers)
{
    private readonly ILogger _logger = loggers.CreateLogger(LoginLog.Category);

    /// <summary>Ends the session. One that has ended already is no failure: the client would log in again to end it.</summary>
    /// <returns>Why it could not be ended; null where it has ended.</returns>
    public async ValueTask<LoginFailure?> PerformAsync(HttpContext context)
    {
        switch (LoginHeaders.TryReadCheck(context.Request.Headers, out var id, out var skey))
        {
            case HeaderState.Missing:
                return LoginFailure.LogoutHeaderMissing;
            case HeaderState.Malformed:
                _logger.HeadersMalformed();
                return LoginFailure.Malformed;
        }

        var failure = await EndAsync(id, skey, context.RequestAborted);
        // A check that ran meanwhile may have remembered the session, so it is forgotten after it has ended.
        await cache.RemoveAsync(skey, context.RequestAborted);
        if (failure is null)
            LoginChecker.Remember(context, new LoginCheckResult(null, LoginFailure.InvalidSession));
        return failure;
    }

    private async ValueTask<LoginFailure?> EndAsync(string? id, string skey, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await source.Value.LogoutAsync(id, skey, cancellationToken);
            if (answer.Code is SessionCode.Ok or SessionCode.SessionExpired or SessionCode.SessionFailed)
                return null;
            _logger.LogoutFailed(answer.Code);
            return answer.Code == SessionCode.UnknownInterface ? LoginFailure.LogoutUnsupported : LoginFailure.LogoutUnavailable;
        }
        catch (SessionCallException e)
        {
            _logger.SessionServerFailed(e.Error, e.Status, e);
            return e.Error == PeerError.TimedOut ? LoginFailure.LogoutTimedOut : LoginFailure.LogoutUnavailable;
        }
    }
}
