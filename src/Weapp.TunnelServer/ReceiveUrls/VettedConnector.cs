using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Weapp.TunnelServer.Diagnostics;

namespace Weapp.TunnelServer.ReceiveUrls;

/// <summary>
/// Opens every connection on which events leave. A name is looked up once, its addresses are checked, and the connection goes to one that was:
/// a name that stands for another address a moment later gains nothing.
/// </summary>
internal sealed class VettedConnector(ReceivePolicy policy, HostResolver resolver, ILoggerFactory loggers)
{
    private readonly ILogger _logger = loggers.CreateLogger(TunnelServerLog.Category);

    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var host = context.DnsEndPoint.Host;
        var isPlain = context.InitialRequestMessage.RequestUri?.Scheme != Uri.UriSchemeHttps;
        IPAddress[] addresses = IPAddress.TryParse(host, out var literal) ? [literal] : await resolver(host, cancellationToken);
        var allowed = Array.FindAll(addresses, address => policy.Allows(host, address, isPlain));
        if (allowed.Length == 0)
        {
            if (addresses.Length > 0)
                TunnelServerLog.AddressRefused(_logger, host);
            // For everybody else it is as though nobody listened there.
            throw new SocketException((int)SocketError.ConnectionRefused);
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, context.DnsEndPoint.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
