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
    /// <param name="until">The text after which no more is read; null for everything.</param>
    public static async Task<string> SendAsync(TestServer server, string head, ReadOnlyMemory<byte> body, bool thenFinish = false, string? until = null)
    {
        using var client = await ConnectAsync(server, head, body);
        var stream = client.GetStream();
        if (thenFinish)
            client.Client.Shutdown(SocketShutdown.Send);
        var answer = new StringBuilder();
        var buffer = new byte[4096];
        try
        {
            int count;
            do
            {
                count = await stream.ReadAsync(buffer, TestContext.Current.CancellationToken).AsTask().WaitAsync(Limits.Deadline, TestContext.Current.CancellationToken);
                answer.Append(Encoding.UTF8.GetString(buffer, 0, count));
            }
            while (count > 0 && (until is null || !answer.ToString().Contains(until, StringComparison.Ordinal)));
        }
        catch (IOException)
        {
            // A reset ends it as well.
        }

        return answer.ToString();
    }

    /// <summary>Sends bytes and breaks the connection.</summary>
    public static async Task ResetAsync(TestServer server, string head, ReadOnlyMemory<byte> body, Task when)
    {
        using var client = await ConnectAsync(server, head, body);
        await when.WaitAsync(Limits.Deadline, TestContext.Current.CancellationToken);
        client.LingerState = new LingerOption(true, 0);
    }

    private static async Task<TcpClient> ConnectAsync(TestServer server, string head, ReadOnlyMemory<byte> body)
    {
        var client = new TcpClient();
        await client.ConnectAsync(server.Address.Host, server.Address.Port, TestContext.Current.CancellationToken);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"{head}\r\n\r\n"), TestContext.Current.CancellationToken);
        await client.GetStream().WriteAsync(body, TestContext.Current.CancellationToken);
        return client;
    }
}
