using System.Net.Sockets;
using System.Text;
using Weapp.TestKit;

namespace Weapp.Runtime.Tests.Support;

/// <summary>HTTP requests that no HTTP client would send.</summary>
internal static class RawHttp
{
    /// <summary>Sends bytes and reads what comes until the other side closes.</summary>
    /// <param name="server">The app.</param>
    /// <param name="head">Request line and headers, without the empty line.</param>
    /// <param name="body">The body's bytes.</param>
    /// <param name="thenFinish">Whether the sending side ends after the body.</param>
    public static async Task<string> SendAsync(TestServer server, string head, ReadOnlyMemory<byte> body, bool thenFinish = false)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        using var client = new TcpClient();
        await client.ConnectAsync(server.Address.Host, server.Address.Port, cancellationToken);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"{head}\r\n\r\n"), cancellationToken);
        await stream.WriteAsync(body, cancellationToken);
        if (thenFinish)
            client.Client.Shutdown(SocketShutdown.Send);
        using var answer = new MemoryStream();
        try
        {
            await stream.CopyToAsync(answer, cancellationToken).WaitAsync(Limits.Deadline, cancellationToken);
        }
        catch (IOException)
        {
            // A reset ends it as well.
        }

        return Encoding.UTF8.GetString(answer.ToArray());
    }
}
