using System.Collections.Frozen;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace Weapp.TunnelServer.Http;

/// <summary>Where a phone's request for a WebSocket may come from. Without options: from anywhere.</summary>
internal sealed class PhoneOrigin(IOptions<TunnelServerOptions> options)
{
    // WeChat sends https://servicewechat.com/{appid}/{version}/page-frame.html.
    private const string WeChat = "servicewechat.com";

    private readonly FrozenSet<string> _origins = options.Value.AllowedOrigins.Select(AsSent).ToFrozenSet(StringComparer.OrdinalIgnoreCase);
    private readonly FrozenSet<string> _appIds = options.Value.AppIds.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Whether a request with these headers is served. Headers that are missing speak against nobody: only browsers are known to send them.</summary>
    public bool Allows(IHeaderDictionary headers)
    {
        if (_appIds.Count > 0 && !StringValues.IsNullOrEmpty(headers.Referer))
            return headers.Referer is [{ } referer] && AppId(referer) is { } appId && _appIds.Contains(appId);
        return _origins.Count == 0 || StringValues.IsNullOrEmpty(headers.Origin) || _origins.Contains(headers.Origin.ToString());
    }

    // Browsers leave the usual port out, and write names in ASCII.
    private static string AsSent(string origin)
    {
        var uri = new Uri(origin);
        return new UriBuilder(uri) { Host = uri.IdnHost }.Uri.GetLeftPart(UriPartial.Authority);
    }

    private static string? AppId(string referer) =>
        Uri.TryCreate(referer, UriKind.Absolute, out var uri) && uri.Scheme == Uri.UriSchemeHttps && uri.Host == WeChat && uri.IsDefaultPort && uri.Segments.Length > 2
            ? uri.Segments[1].TrimEnd('/')
            : null;
}
