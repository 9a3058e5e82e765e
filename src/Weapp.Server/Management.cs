using System.Net;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using Weapp.TunnelServer;

namespace Weapp.Server;

/// <summary>
/// Health and metrics. With <c>Management:Url</c> they have an address of their own and are nowhere else; without it health is for everybody, and metrics
/// are for this machine.
/// </summary>
internal static class Management
{
    public const string Section = "Management";

    /// <summary>The only key of the section.</summary>
    public const string UrlKey = "Url";

    private const string Metrics = "/metrics";
    private const string Health = "/health";

    private static readonly string[] ProxyHeaders = ["Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP"];

    private static readonly string[] Meters =
        [TunnelServerOptions.MeterName, "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Net.Http", "System.Runtime"];

    /// <summary>Reads the address; false for one that cannot be used.</summary>
    public static bool TryGetUrl(IConfiguration configuration, out Uri? url)
    {
        url = null;
        return configuration[$"{Section}:{UrlKey}"] is not { Length: > 0 } text
            || (Uri.TryCreate(text.Replace("//*:", "//0.0.0.0:", StringComparison.Ordinal).Replace("//+:", "//0.0.0.0:", StringComparison.Ordinal), UriKind.Absolute, out url)
                && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps) && url.PathAndQuery == "/" && url.Port > 0);
    }

    public static void AddServices(IServiceCollection services)
    {
        services.AddHealthChecks().AddCheck<StoppingCheck>("stopping");
        services.AddOpenTelemetry()
            .ConfigureResource(static resource => resource.AddService("Weapp.Server"))
            .WithMetrics(static metrics => metrics.AddMeter(Meters).AddPrometheusExporter());
    }

    /// <summary>Maps the endpoints, and keeps them where they belong.</summary>
    public static void Map(WebApplication app, Uri? url)
    {
        // By the port that the connection came in on: a request can name any host.
        app.Use((context, next) =>
        {
            if (IsServed(context, url?.Port))
                return next(context);
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        });
        app.UseOpenTelemetryPrometheusScrapingEndpoint(Metrics);
        app.MapHealthChecks($"{Health}/live", new() { Predicate = static _ => false });
        app.MapHealthChecks($"{Health}/ready");
    }

    private static bool IsServed(HttpContext context, int? port)
    {
        var isMetrics = context.Request.Path.StartsWithSegments(Metrics, StringComparison.OrdinalIgnoreCase);
        var isManagement = isMetrics || context.Request.Path.StartsWithSegments(Health, StringComparison.OrdinalIgnoreCase);
        if (port is not null)
            return isManagement == (context.Connection.LocalPort == port);
        return !isMetrics || IsFromHere(context);
    }

    // A proxy on this machine asks for somebody else.
    private static bool IsFromHere(HttpContext context) =>
        (context.Connection.RemoteIpAddress is null || IPAddress.IsLoopback(context.Connection.RemoteIpAddress))
        && !Array.Exists(ProxyHeaders, context.Request.Headers.ContainsKey);
}
