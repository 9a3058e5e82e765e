using System.Net;
using System.Net.Sockets;
using StackExchange.Redis;

namespace Weapp.Redis;

/// <summary>What a setting says about a Redis, for the servers that each keep something there.</summary>
internal static class RedisText
{
    /// <summary>Whether it is a connection string with an address.</summary>
    public static bool CanRead(string configuration)
    {
        try
        {
            return ConfigurationOptions.Parse(configuration).EndPoints.Count > 0;
        }
        catch (ArgumentException)
        {
            // Its message quotes the text, and that has the password in it.
            return false;
        }
    }

    /// <summary>Whether others may be able to reach it, and it asks nobody who they are.</summary>
    /// <param name="configuration">A connection string that can be read.</param>
    public static bool IsOpen(string configuration)
    {
        var redis = ConfigurationOptions.Parse(configuration);
        return string.IsNullOrEmpty(redis.Password) && redis.EndPoints.Any(static endpoint => !IsHere(endpoint));
    }

    /// <summary>Why one that is open will not do.</summary>
    /// <param name="section">The section of the setting.</param>
    public static string OpenIsRefused(string section) =>
        $"{section}:Redis must have a password outside Development, or be on this machine; where nobody else can reach it, set {section}:AllowOpenRedis.";

    private static bool IsHere(EndPoint endpoint) => endpoint switch
    {
        IPEndPoint ip => IPAddress.IsLoopback(ip.Address),
        DnsEndPoint name => name.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase),
        _ => endpoint.AddressFamily == AddressFamily.Unix,
    };
}
