using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Weapp;
using Weapp.Login;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps the login and logout endpoints.</summary>
public static class WeappLoginEndpointRouteBuilderExtensions
{
    /// <summary>Maps the address that mini programs log in at, for GET and POST.</summary>
    /// <param name="endpoints">The app.</param>
    /// <param name="pattern">The endpoint's path.</param>
    /// <param name="onSuccess">
    /// Called with the user before the answer goes out, so that a client with a session is one that this has seen. It must not write an
    /// answer; when it throws, the client gets no session.
    /// </param>
    /// <returns>The endpoint, for conventions.</returns>
    /// <exception cref="InvalidOperationException"><c>AddWeapp</c> was not called, or there is no session server.</exception>
    public static IEndpointConventionBuilder MapWeappLogin(
        this IEndpointRouteBuilder endpoints,
        [StringSyntax("Route")] string pattern,
        Func<HttpContext, UserInfo, ValueTask>? onSuccess = null)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        var login = Require<LoginPerformer>(endpoints);
        return endpoints
            .MapMethods(pattern, [HttpMethods.Get, HttpMethods.Post], async context => await login.PerformAsync(context, onSuccess))
            .WithDisplayName("Weapp login");
    }

    /// <summary>Maps the address that mini programs log out at, for POST. A session that has ended already is logged out too.</summary>
    /// <param name="endpoints">The app.</param>
    /// <param name="pattern">The endpoint's path.</param>
    /// <returns>The endpoint, for conventions.</returns>
    /// <exception cref="InvalidOperationException"><c>AddWeapp</c> was not called, or there is no session server.</exception>
    public static IEndpointConventionBuilder MapWeappLogout(this IEndpointRouteBuilder endpoints, [StringSyntax("Route")] string pattern)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        var logout = Require<LogoutPerformer>(endpoints);
        return endpoints
            .MapMethods(pattern, [HttpMethods.Post], async context =>
            {
                if (await logout.PerformAsync(context) is { } failure)
                    await failure.WriteAsync(context);
                else
                    await LoginBody.WriteAsync(context, StatusCodes.Status200OK, LoginBody.LoggedOut);
            })
            .WithDisplayName("Weapp logout");
    }

    private static T Require<T>(IEndpointRouteBuilder endpoints)
        where T : class
    {
        var part = endpoints.ServiceProvider.GetService<T>()
            ?? throw new InvalidOperationException("Weapp is not registered: call builder.Services.AddWeapp(builder.Configuration.GetSection(\"Weapp\")).");
        endpoints.ServiceProvider.GetRequiredService<LoginChecker>().RequireSessionServer();
        return part;
    }
}
