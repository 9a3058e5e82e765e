using System.Diagnostics.CodeAnalysis;
using System.Net;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Weapp.Protocol.Signatures;
using Weapp.TunnelServer.Diagnostics;

namespace Weapp.TunnelServer.ReceiveUrls;

/// <summary>
/// Where events may go: to the calling app's own host, over TLS, on the public internet. Other addresses, and plain HTTP, are for hosts and networks that
/// the configuration names.
/// </summary>
internal sealed class ReceivePolicy
{
    private const int MaxLength = 2048;

    private readonly ILogger _logger;
    private readonly bool _isDevelopment;
    private readonly HashSet<string> _extraHosts;
    private readonly HashSet<string> _namedAddresses;
    private readonly IPNetwork[] _networks;

    public ReceivePolicy(IOptions<TunnelServerOptions> options, IHostEnvironment environment, ILoggerFactory loggers)
    {
        var settings = options.Value;
        _logger = loggers.CreateLogger(TunnelServerLog.Category);
        _isDevelopment = environment.IsDevelopment();
        _extraHosts = new HashSet<string>(settings.ReceiveHosts, StringComparer.OrdinalIgnoreCase);
        _namedAddresses = new HashSet<string>(
            settings.Clients.Keys.Concat(settings.ReceiveHosts).Select(HostOf).Where(static host => IsLocalhost(host) || IPAddress.TryParse(host, out _)),
            StringComparer.OrdinalIgnoreCase);
        _networks = [.. settings.ReceiveNetworks.Select(static network => IPNetwork.Parse(network))];
        if (_isDevelopment && (settings.SignatureKey is not null || settings.Clients.Count > 0))
            TunnelServerLog.LoopbackAllowed(_logger);
    }

    /// <summary>Decides on an app's <c>receiveUrl</c>, without asking any server.</summary>
    /// <param name="text">What the app sent.</param>
    /// <param name="tcId">The caller's <c>tcId</c>.</param>
    /// <param name="clientHost">The caller's configured host; null for an app that is not configured by its host.</param>
    /// <param name="url">The address.</param>
    public bool TryAccept(string? text, string tcId, string? clientHost, [NotNullWhen(true)] out Uri? url)
    {
        if (Find(text, tcId, clientHost, out url) is { } problem)
        {
            TunnelServerLog.ReceiveUrlRefused(_logger, problem);
            url = null;
        }

        return url is not null;
    }

    /// <summary>Decides on an address that a host's name stands for, when it is about to be connected to.</summary>
    public bool Allows(string host, IPAddress address, bool isPlain)
    {
        address = AddressRanges.Normalize(address);
        if (Array.Exists(_networks, network => network.Contains(address)))
            return true;
        if (IPAddress.IsLoopback(address) && (_isDevelopment || (IsLocalhost(host) && _namedAddresses.Contains(host))))
            return true;
        if (IPAddress.TryParse(host, out _) && _namedAddresses.Contains(host))
            return true;
        return AddressRanges.IsPublic(address) && (!isPlain || _isDevelopment);
    }

    private static bool IsLocalhost(string host) => host.Equals("localhost", StringComparison.OrdinalIgnoreCase);

    private string? Find(string? text, string tcId, string? clientHost, out Uri? url)
    {
        url = null;
        if (text is not { Length: > 0 and <= MaxLength } || !TryGetAuthority(text, out var authority))
            return $"it is no address such as https://www.example.com/tunnel of at most {MaxLength} characters";
        if (!Uri.TryCreate(text, UriKind.Absolute, out url) || url.UserInfo.Length > 0 || url.Fragment.Length > 0 || url.Host.Length == 0)
            return "it is no plain address";
        if (url.Scheme != Uri.UriSchemeHttps && url.Scheme != Uri.UriSchemeHttp)
            return "it is neither https nor http";
        var host = HostOf(authority);
        if (!IsCallers(authority, host, tcId, clientHost))
            return "its host is not the app's serverHost; where that is right, name it in TunnelServer:ReceiveHosts";
        if (!url.IsDefaultPort && url.Port is < 1024 and not (80 or 443) && !_extraHosts.Contains(authority))
            return "its port belongs to another service; where that is right, name host and port in TunnelServer:ReceiveHosts";
        var isPlain = url.Scheme == Uri.UriSchemeHttp;
        var dnsHost = url.IdnHost.TrimEnd('.');
        if (IPAddress.TryParse(dnsHost, out var address) || (IsLocalhost(dnsHost) && (address = IPAddress.Loopback) is not null))
            return Allows(dnsHost, address, isPlain) ? null : "its address is not public, or without TLS; where that is right, name it in TunnelServer:ReceiveNetworks";
        // What the name stands for is looked at whenever a connection is made.
        return isPlain && !_isDevelopment && _networks.Length == 0 && !_namedAddresses.Contains(dnsHost)
            ? "it is without TLS; where that is right, name the app's network in TunnelServer:ReceiveNetworks"
            : null;
    }

    private bool IsCallers(string authority, string host, string tcId, string? clientHost)
    {
        if (_extraHosts.Contains(authority) || _extraHosts.Contains(host))
            return true;
        if (clientHost is not null)
            return clientHost.Equals(authority, StringComparison.OrdinalIgnoreCase) || clientHost.Equals(host, StringComparison.OrdinalIgnoreCase);
        return tcId == TunnelSignature.TcId(authority) || tcId == TunnelSignature.TcId(host);
    }

    // Letters, digits and what stands in ports and IPv6 addresses: readers of URLs do not agree on anything else.
    private static bool TryGetAuthority(string text, out string authority)
    {
        var start = text.IndexOf("://", StringComparison.Ordinal) + 3;
        var rest = start < 3 ? "" : text[start..];
        var end = rest.AsSpan().IndexOfAny('/', '?', '#');
        authority = end < 0 ? rest : rest[..end];
        return authority.Length > 0 && authority.All(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' or ':' or '[' or ']');
    }

    private static string HostOf(string authority)
    {
        var port = authority.LastIndexOf(':');
        var host = port > authority.LastIndexOf(']') ? authority[..port] : authority;
        return host.Trim('[', ']');
    }
}
