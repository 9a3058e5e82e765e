using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Weapp.Login;

/// <summary>The scheme <c>Weapp</c>: a session's user as a principal, and a challenge that the mini program client understands.</summary>
internal sealed class WeappAuthenticationHandler(
    LoginChecker checker, IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var result = await checker.CheckAsync(Context);
        if (result.User is { } user)
            return AuthenticateResult.Success(new AuthenticationTicket(Principal(user), Scheme.Name));
        return result.Failure == LoginFailure.CheckHeaderMissing ? AuthenticateResult.NoResult() : AuthenticateResult.Fail(result.Failure!.Type);
    }

    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        var result = await checker.CheckAsync(Context);

        // A valid session can be challenged too, by a policy of the app that asks for a fresh one.
        await (result.Failure ?? LoginFailure.InvalidSession).WriteAsync(Context);
    }

    private ClaimsPrincipal Principal(UserInfo user)
    {
        var claims = new List<Claim>(2);
        if (user.OpenId.Length > 0)
            claims.Add(new Claim(ClaimTypes.NameIdentifier, user.OpenId, ClaimValueTypes.String, ClaimsIssuer));
        if (user.NickName is not null)
            claims.Add(new Claim(ClaimTypes.Name, user.NickName, ClaimValueTypes.String, ClaimsIssuer));
        return new ClaimsPrincipal(new ClaimsIdentity(claims, Scheme.Name));
    }
}
