using System.Net;
using System.Net.Sockets;

namespace Weapp.TunnelServer.ReceiveUrls;

/// <summary>Which addresses are the public internet's. Everything else is somebody's own network, where no stranger may send requests.</summary>
internal static class AddressRanges
{
    // IANA's registries of special-purpose addresses.
    private static readonly IPNetwork[] NotPublic =
    [
        .. ((string[])
        [
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24",
            "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3",
            "2001::/23", "2001:db8::/32", "3fff::/20",
        ]).Select(static range => IPNetwork.Parse(range)),
    ];

    private static readonly IPNetwork Unicast = IPNetwork.Parse("2000::/3");
    private static readonly IPNetwork SixToFour = IPNetwork.Parse("2002::/16");

    /// <summary>The address that is really connected to: IPv4 in IPv6 clothes is IPv4.</summary>
    public static IPAddress Normalize(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    public static bool IsPublic(IPAddress address)
    {
        address = Normalize(address);
        if (Array.Exists(NotPublic, range => range.Contains(address)))
            return false;
        if (address.AddressFamily == AddressFamily.InterNetwork)
            return true;
        if (!Unicast.Contains(address))
            return false;
        return !SixToFour.Contains(address) || IsPublic(new IPAddress(address.GetAddressBytes().AsSpan(2, 4)));
    }
}
