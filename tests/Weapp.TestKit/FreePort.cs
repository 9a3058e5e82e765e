using System.Net;
using System.Net.Sockets;

namespace Weapp.TestKit;

/// <summary>A port for a program that cannot be given port 0.</summary>
public static class FreePort
{
    /// <summary>A port on which nobody listens at the moment.</summary>
    public static int Find()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
