using Microsoft.AspNetCore.Http;

namespace Weapp;

/// <summary>Login, check and logout for endpoints of one's own; <c>MapWeappLogin</c>, the scheme <c>Weapp</c> and <c>MapWeappLogout</c> do the same declaratively.</summary>
public interface ILoginService
{
    /// <summary>Logs in with the request's <c>X-WX-Code</c> and, where they are, encrypted profile and iv. The answer is written in any case.</summary>
    /// <param name="context">The request and its answer.</param>
    /// <returns>Who has logged in.</returns>
    /// <exception cref="LoginException">The login failed; the answer says so already.</exception>
    ValueTask<UserInfo> LoginAsync(HttpContext context);

    /// <summary>Tells whose session the request's <c>X-WX-Skey</c> and, where it is, <c>X-WX-Id</c> name. Nothing is written on success.</summary>
    /// <param name="context">The request and its answer.</param>
    /// <returns>Whose session it is.</returns>
    /// <exception cref="LoginException">The check failed; the answer says so already.</exception>
    ValueTask<UserInfo> CheckAsync(HttpContext context);

    /// <summary>
    /// Ends the session that the request's <c>X-WX-Skey</c> and, where it is, <c>X-WX-Id</c> name. Nothing is written on success, which it is
    /// too when the session has ended before.
    /// </summary>
    /// <param name="context">The request and its answer.</param>
    /// <exception cref="LoginException">The session could not be ended; the answer says so already.</exception>
    ValueTask LogoutAsync(HttpContext context);
}
