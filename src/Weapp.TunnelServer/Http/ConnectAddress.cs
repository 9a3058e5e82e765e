using System.Diagnostics.CodeAnalysis;
using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Weapp.TunnelServer.Tunnels;

namespace Weapp.TunnelServer.Http;

/// <summary>The addresses that phones connect to: <c>wss://host/prefix/ws/{tunnelId}?ticket=…</c>.</summary>
internal sealed class ConnectAddress(IOptions<TunnelServerOptions> options)
{
    private readonly string? _configured = options.Value.PublicUrl is { } url && TryGetBase(url, out var start) ? start : null;
    private string? _prefix;

    /// <summary>Remembers under which prefix the server's endpoints are.</summary>
    public void Mapped(string prefix) => _prefix ??= prefix.Trim('/') is { Length: > 0 } path ? $"/{path}" : "";

    /// <summary>The address of a tunnel that an app in this process asked for.</summary>
    /// <param name="ticket">The tunnel.</param>
    /// <param name="publicUrl">Where the phone reached the app; the configured address goes before.</param>
    /// <exception cref="ArgumentException"><paramref name="publicUrl"/> is needed and is no HTTP address.</exception>
    public string For(TunnelTicket ticket, string publicUrl)
    {
        if ((_configured ?? (TryGetBase(publicUrl, out var start) ? start : null)) is not { } address)
            throw new ArgumentException("The public URL must be an absolute http or https address without query.", nameof(publicUrl));
        return For(ticket, address, _prefix);
    }

    /// <summary>The address of a tunnel that an app asked for over HTTP.</summary>
    /// <param name="ticket">The tunnel.</param>
    /// <param name="request">The app's call: where it reached this server the phone does too, unless an address is configured.</param>
    /// <param name="protocolType"><c>ws</c> or <c>wss</c>. Not looked at where the call came to this machine's own name without TLS.</param>
    public string For(TunnelTicket ticket, HttpRequest request, string protocolType)
    {
        // The official SDKs always ask for wss, which a server on the developer's own machine does not have.
        var scheme = !request.IsHttps && IsLoopback(request.Host.Host) ? "ws" : protocolType;
        var address = _configured ?? $"{scheme}://{request.Host}{request.PathBase}";
        return For(ticket, address, _prefix);
    }

    /// <summary>Throws unless the endpoints are mapped.</summary>
    /// <exception cref="InvalidOperationException">They are not.</exception>
    public void RequireMapped()
    {
        if (_prefix is null)
            throw new InvalidOperationException("The tunnel server has no endpoints: call app.MapTunnelServer().");
    }

    /// <summary>The start of WebSocket addresses for an address that may be HTTP's.</summary>
    public static bool TryGetBase(string url, [NotNullWhen(true)] out string? start)
    {
        start = null;
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Query.Length > 0 || uri.Fragment.Length > 0 || uri.UserInfo.Length > 0)
            return false;
        var scheme = uri.Scheme switch
        {
            "http" or "ws" => "ws",
            "https" or "wss" => "wss",
            _ => null,
        };
        start = scheme is null || uri.Host.Length == 0 ? null : $"{scheme}://{uri.Authority}{uri.AbsolutePath.TrimEnd('/')}";
        return start is not null;
    }

    private static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));

    private static string For(TunnelTicket ticket, string address, string? prefix) =>
        $"{address}{prefix}/ws/{ticket.Id}?ticket={ticket.Ticket}";
}
