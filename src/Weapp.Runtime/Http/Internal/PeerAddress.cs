using System.Net;

namespace Weapp.Http;

/// <summary>Where another server is, as far as that matters for what is sent to it.</summary>
internal static class PeerAddress
{
    private static readonly IPNetwork[] OwnNetworks =
        [IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("172.16.0.0/12"), IPNetwork.Parse("192.168.0.0/16"), IPNetwork.Parse("fc00::/7")];

    /// <summary>Whether calls can be read on their way. This machine, and names and addresses of its own network, are not the internet.</summary>
    public static bool LeavesInTheClear(string address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var url)
        && url.Scheme == Uri.UriSchemeHttp
        && !url.IsLoopback
        && (IPAddress.TryParse(url.IdnHost, out var ip) ? !Array.Exists(OwnNetworks, network => network.Contains(ip)) : url.IdnHost.Contains('.', StringComparison.Ordinal));
}
