using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;

namespace Weapp.TestKit.Nodes;

/// <summary>A lean phone, for thousands of them. It pings, keeps what it gets, and knows the official client's times for coming back.</summary>
public sealed class NodePhone : IAsyncDisposable
{
    // After the first, second … loss in a row; then the official client gives up for good.
    private static readonly double[] Waits = [1, 2, 3, 4, 5];

    private readonly ConcurrentQueue<string> _messages = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly X509Certificate2? _certificate;
    private ClientWebSocket? _socket;
    private Task _running = Task.CompletedTask;
    private volatile bool _isOpen;
    private volatile bool _gaveUp;
    private int _pongs;

    private NodePhone(X509Certificate2? certificate) => _certificate = certificate;

    /// <summary>The id of the tunnel it is connected to, or was last.</summary>
    public string TunnelId { get; private set; } = "";

    /// <summary>The port of the node that it is connected to, or was last.</summary>
    public int NodePort { get; private set; }

    public bool IsOpen => _isOpen;

    /// <summary>Whether it has tried as often as the official client does, or met what that one does not recover from.</summary>
    public bool GaveUp => _gaveUp;

    /// <summary>How many tries the last return took.</summary>
    public int Tries { get; private set; }

    /// <summary>The code that ended the last connection; null where it just broke.</summary>
    public int? CloseCode { get; private set; }

    /// <summary>The contents of its message frames.</summary>
    public IReadOnlyCollection<string> Messages => _messages;

    /// <summary>How many messages came.</summary>
    public int Count => _messages.Count;

    /// <summary>Opens a tunnel that was granted, and does not come back when it ends.</summary>
    public static async Task<NodePhone> ConnectAsync(string connectUrl, CancellationToken cancellationToken)
    {
        var phone = new NodePhone(null);
        await phone.OpenAsync(connectUrl, cancellationToken);
        phone._running = phone.ReadAsync();
        return phone;
    }

    /// <summary>Stays connected as the official client does: a <c>GET</c> on the app's tunnel path for every connection.</summary>
    /// <param name="tunnelPath">The app's tunnel path.</param>
    /// <param name="client">Makes the requests.</param>
    /// <param name="certificate">The only certificate of a server that it trusts; null for those of public authorities.</param>
    public static NodePhone Stay(Uri tunnelPath, HttpClient client, X509Certificate2? certificate = null)
    {
        var phone = new NodePhone(certificate);
        phone._running = phone.StayAsync(tunnelPath, client);
        return phone;
    }

    /// <summary>How many pongs came.</summary>
    public int Pongs => Volatile.Read(ref _pongs);

    /// <summary>Sends a text frame; false when the connection has ended.</summary>
    public async Task<bool> SendAsync(string frame)
    {
        try
        {
            await _socket!.SendAsync(Encoding.UTF8.GetBytes(frame), WebSocketMessageType.Text, endOfMessage: true, _stop.Token);
            return true;
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException or ObjectDisposedException)
        {
            return false;
        }
    }

    /// <summary>Loses its connection.</summary>
    public void Drop() => _socket?.Abort();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _socket?.Abort();
        await _running;
        _socket?.Dispose();
        _stop.Dispose();
    }

    private async Task StayAsync(Uri tunnelPath, HttpClient client)
    {
        var failures = 0;
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var answer = await client.GetFromJsonAsync<JsonElement>(tunnelPath, _stop.Token);
                await OpenAsync(answer.GetProperty("url").GetString()!, _stop.Token);
                (Tries, failures) = (failures, 0);
                await ReadAsync();
            }
            catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
            {
                // The next try.
            }
            catch (WebSocketException)
            {
                // Nobody tells the official client, which waits for ever.
                _gaveUp = !_stop.IsCancellationRequested;
                return;
            }

            if (failures == Waits.Length)
            {
                _gaveUp = true;
                return;
            }

            await Task.Delay(TimeSpan.FromSeconds(Waits[failures++]), _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task OpenAsync(string connectUrl, CancellationToken cancellationToken)
    {
        _socket?.Dispose();
        _socket = new ClientWebSocket();
        _socket.Options.KeepAliveInterval = TimeSpan.Zero;
        if (_certificate is not null)
            _socket.Options.RemoteCertificateValidationCallback = (_, offered, _, _) => offered?.GetCertHashString() == _certificate.GetCertHashString();
        var address = new Uri(connectUrl);
        await _socket.ConnectAsync(address, cancellationToken);
        (TunnelId, NodePort) = (address.Segments[^1], address.Port);
        _isOpen = true;
    }

    private async Task ReadAsync()
    {
        var buffer = new byte[4096];
        try
        {
            while (true)
            {
                var received = await _socket!.ReceiveAsync(buffer.AsMemory(), _stop.Token);
                if (received.MessageType == WebSocketMessageType.Close)
                {
                    CloseCode = (int?)_socket.CloseStatus;
                    _isOpen = false;
                    await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, _stop.Token);
                    return;
                }

                Take(Encoding.UTF8.GetString(buffer, 0, received.Count));
            }
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException or ObjectDisposedException)
        {
            // Broken, by whichever end.
        }
        finally
        {
            _isOpen = false;
        }
    }

    private void Take(string frame)
    {
        if (frame.StartsWith("message:", StringComparison.Ordinal))
            _messages.Enqueue(frame["message:".Length..]);
        else if (frame == "pong")
            Interlocked.Increment(ref _pongs);
    }
}
