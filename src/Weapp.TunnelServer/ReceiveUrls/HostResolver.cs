using System.Net;

namespace Weapp.TunnelServer.ReceiveUrls;

/// <summary>Asks for a name's addresses.</summary>
internal delegate Task<IPAddress[]> HostResolver(string host, CancellationToken cancellationToken);
