using Microsoft.AspNetCore.Authentication;
using Weapp;
using Weapp.Login;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the authentication scheme.</summary>
public static class WeappAuthenticationExtensions
{
    /// <summary>
    /// Adds the scheme <c>Weapp</c>: a request with a valid <c>X-WX-Skey</c> is its user's, whose <c>openId</c> is the claim
    /// <c>NameIdentifier</c> and whose nickname is the claim <c>Name</c>; any other is challenged as the mini program client understands it.
    /// </summary>
    /// <param name="builder">The authentication builder.</param>
    /// <returns><paramref name="builder"/>.</returns>
    public static AuthenticationBuilder AddWeapp(this AuthenticationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        LoginServices.AddLogin(builder.Services);
        return builder.AddScheme<AuthenticationSchemeOptions, WeappAuthenticationHandler>(WeappAuthenticationDefaults.AuthenticationScheme, null);
    }
}
