using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Weapp.TunnelServer.Tests.Support;

/// <summary>A port that somebody listens on, who counts connections and answers whatever comes with code 0.</summary>
public sealed class Listener : IDisposable
{
    private static readonly byte[] Answer = Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nContent-Length: 10\r\nConnection: close\r\n\r\n{\"code\":0}");

    private readonly TcpListener _listener;
    private readonly SemaphoreSlim _accepted = new(0);
    private int _connections;

    public Listener(string address, int port = 0)
    {
        _listener = new TcpListener(IPAddress.Parse(address), port);
        _listener.Start();
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public int Connections => Volatile.Read(ref _connections);

    /// <summary>Waits for one more connection.</summary>
    public async Task NextAsync() => Assert.True(await _accepted.WaitAsync(Phone.Deadline, TestContext.Current.CancellationToken), "Nobody connected.");

    public void Dispose()
    {
        _listener.Dispose();
        _accepted.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                using var client = await _listener.AcceptTcpClientAsync();
                Interlocked.Increment(ref _connections);
                var stream = client.GetStream();
                _ = await stream.ReadAsync(new byte[64 * 1024]);
                await stream.WriteAsync(Answer);
                _accepted.Release();
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException or IOException)
        {
            // The test is over.
        }
    }
}
