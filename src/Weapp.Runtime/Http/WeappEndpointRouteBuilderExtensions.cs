using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Weapp;
using Weapp.Diagnostics;
using Weapp.Dispatch;
using Weapp.Http;
using Weapp.Login;
using Weapp.Outbound;
using Weapp.Protocol;
using Weapp.Protocol.Signatures;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps tunnels.</summary>
public static class WeappEndpointRouteBuilderExtensions
{
    /// <summary>
    /// Maps a tunnel path: <c>GET</c> gives a phone a tunnel, <c>POST</c> takes the tunnel server's events, other methods answer 501 (protocol sections 4 and 5).
    /// </summary>
    /// <typeparam name="THandler">The handler, which <c>AddHandler</c> has added.</typeparam>
    /// <param name="endpoints">The app's endpoints.</param>
    /// <param name="pattern">The path, for example <c>/tunnel</c>.</param>
    /// <param name="configure">Sets options of this path.</param>
    /// <exception cref="InvalidOperationException">
    /// <c>AddWeapp</c> was not called, the handler was not added, there is no tunnel server, or <see cref="TunnelEndpointOptions.CheckLogin"/> is on and there is no session server.
    /// </exception>
    /// <exception cref="OptionsValidationException">A key of <see cref="WeappOptions"/> is wrong.</exception>
    public static IEndpointConventionBuilder MapWeappTunnel<THandler>(
        this IEndpointRouteBuilder endpoints, [StringSyntax("Route")] string pattern, Action<TunnelEndpointOptions>? configure = null)
        where THandler : class, ITunnelHandler<THandler>
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        var options = new TunnelEndpointOptions();
        configure?.Invoke(options);
        if (options.HandlerTimeout <= TimeSpan.Zero)
            throw new ArgumentException($"{nameof(TunnelEndpointOptions.HandlerTimeout)} must be more than zero.", nameof(configure));
        if (options.RequestsPerSecond < 1 || options.RequestBurst < 1)
            throw new ArgumentException($"{nameof(TunnelEndpointOptions.RequestsPerSecond)} and {nameof(TunnelEndpointOptions.RequestBurst)} must be at least 1.", nameof(configure));

        var services = endpoints.ServiceProvider;
        var metrics = services.GetService<WeappMetrics>()
            ?? throw new InvalidOperationException("Weapp is not registered: call builder.Services.AddWeapp(builder.Configuration.GetSection(\"Weapp\")).");
        var weapp = services.GetRequiredService<IOptions<WeappOptions>>().Value;
        var logger = services.GetRequiredService<ILoggerFactory>().CreateLogger("Weapp.Http");
        var server = services.GetRequiredService<TunnelServerSource>();
        var receiver = new TunnelReceiver<THandler>(services, options);
        var signature = string.IsNullOrEmpty(weapp.TunnelSignatureKey) ? null : new CallSignature(weapp.TunnelSignatureKey, weapp.TunnelAlternateSignatureKey, weapp.TunnelSignatureMode);
        if (weapp.TunnelSignatureKey is { Length: > 0 and < 32 })
            HttpLog.ShortKey(logger);
        if (!weapp.TunnelCheckSignature)
            HttpLog.Unchecked(logger, pattern);
        // An app without any tunnel server is to fail now, not at its first phone.
        HttpLog.Mapped(logger, pattern, typeof(THandler).Name, server.Value.GetType().Name);

        var login = options.CheckLogin ? services.GetRequiredService<LoginChecker>() : null;
        login?.RequireSessionServer();
        var lifetime = services.GetRequiredService<IHostApplicationLifetime>();
        var limit = login is null ? null : new TunnelRequestLimit(options.RequestsPerSecond, options.RequestBurst);
        lifetime.ApplicationStopped.Register(() => limit?.Dispose());
        var get = new TunnelGetEndpoint(receiver, receiver.RequestAsync, server, login, limit, weapp.PublicUrl?.TrimEnd('/'), logger, lifetime.ApplicationStopping);
        var post = new TunnelPostEndpoint(
            receiver, signature, weapp.TunnelCheckSignature, options.CheckSequence, weapp.MaxEventBytes, services.GetRequiredService<TimeProvider>(), metrics, logger);
        return endpoints.Map(pattern, context => HandleAsync(context, get, post)).WithDisplayName($"Weapp tunnel {pattern}");
    }

    private static Task HandleAsync(HttpContext context, TunnelGetEndpoint get, TunnelPostEndpoint post)
    {
        if (HttpMethods.IsPost(context.Request.Method))
            return post.HandleAsync(context);
        if (HttpMethods.IsGet(context.Request.Method))
            return get.HandleAsync(context);
        context.Response.Headers.Allow = "GET, POST";
        return TunnelAnswers.WriteAsync(context.Response, Rejection.NotImplemented).AsTask();
    }
}
