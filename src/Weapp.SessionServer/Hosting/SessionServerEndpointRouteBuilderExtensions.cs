using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Weapp.SessionServer;
using Weapp.SessionServer.Http;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps the session server's endpoints.</summary>
public static class SessionServerEndpointRouteBuilderExtensions
{
    /// <summary>
    /// Maps the session server's interfaces to one address: what apps in other processes set as <c>Weapp:AuthServerUrl</c>.
    /// Whoever reaches it can use it, so keep it inside, or set <see cref="SessionServerOptions.SignatureKey"/>. Where <c>SessionServer:WeChat:Mode</c> is <c>Development</c>, the simulated
    /// WeChat is mapped too, as <see cref="MapDevelopmentWeChat"/> does.
    /// </summary>
    /// <param name="endpoints">The app.</param>
    /// <param name="pattern">The address's path.</param>
    /// <returns>The endpoint, for conventions.</returns>
    /// <exception cref="InvalidOperationException"><c>AddSessionServer</c> was not called.</exception>
    public static IEndpointConventionBuilder MapSessionServer(
        this IEndpointRouteBuilder endpoints, [StringSyntax("Route")] string pattern = "/mina_auth/")
    {
        var endpoint = Required<SessionEndpoint>(endpoints);
        endpoints.MapDevelopmentWeChat();
        return endpoints.MapPost(pattern, endpoint.InvokeAsync).WithDisplayName("Weapp session server");
    }

    /// <summary>
    /// Maps the simulated WeChat's <c>GET /dev/wechat/login?nickname=…</c>, which answers what <c>wx.login</c> and
    /// <c>wx.getUserInfo</c> give to a phone, for an app that uses the session server inside and does not map it. WeChat's API is
    /// mapped below <c>/dev/wechat/</c>, so that a session server elsewhere can have it as its <c>SessionServer:WeChat:BaseAddress</c>.
    /// Maps nothing unless <c>SessionServer:WeChat:Mode</c> is <c>Development</c>, and nothing a second time.
    /// </summary>
    /// <param name="endpoints">The app.</param>
    /// <returns><paramref name="endpoints"/>.</returns>
    /// <exception cref="InvalidOperationException"><c>AddSessionServer</c> was not called.</exception>
    public static IEndpointRouteBuilder MapDevelopmentWeChat(this IEndpointRouteBuilder endpoints)
    {
        var endpoint = Required<DevelopmentWeChatEndpoint>(endpoints);
        if (endpoints.ServiceProvider.GetRequiredService<IOptions<SessionServerOptions>>().Value.WeChat.Mode == WeChatMode.Development && endpoint.TakeMapping())
        {
            endpoints.MapGet("/dev/wechat/login", endpoint.LoginAsync).WithDisplayName("Weapp simulated WeChat");
            endpoints.MapMethods("/dev/wechat/{**call}", ["GET", "POST"], endpoint.CallAsync).WithDisplayName("Weapp simulated WeChat API");
        }

        return endpoints;
    }

    private static T Required<T>(IEndpointRouteBuilder endpoints)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        return endpoints.ServiceProvider.GetService<T>()
            ?? throw new InvalidOperationException("The session server is not registered: call builder.Services.AddSessionServer(builder.Configuration.GetSection(\"SessionServer\")).");
    }
}
