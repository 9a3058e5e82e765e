using System.Net;
using System.Net.Sockets;
using StackExchange.Redis;

namespace Weapp.TunnelServer.Hosting;

/// <summary>A Redis that others may be able to reach, and that asks nobody who they are.</summary>
internal static class OpenRedis
{
    /// <param name="configuration">A connection string that can be read.</param>
    public static bool Is(string configuration)
    {
        var redis = ConfigurationOptions.Parse(configuration);
        return string.IsNullOrEmpty(redis.Password) && redis.EndPoints.Any(static endpoint => !IsHere(endpoint));
    }

    private static bool IsHere(EndPoint endpoint) => endpoint switch
    {
        IPEndPoint ip => IPAddress.IsLoopback(ip.Address),
        DnsEndPoint name => name.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase),
        _ => endpoint.AddressFamily == AddressFamily.Unix,
    };
}
