using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Weapp.Benchmarks.Sockets;

/// <summary>
/// One WebSocket at the lowest cost that a driver can have, so that the server is what is measured: it counts messages, and
/// reads nothing in them.
/// </summary>
internal sealed class RawPhone : IDisposable
{
    // Longer than what is said besides messages: pings, pongs, handshakes.
    private const int ShortestMessage = 64;

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _buffer = new byte[8192];
    private readonly Action<int> _messagesCame;
    private readonly byte? _separator;
    private int _filled;

    private RawPhone(Action<int> messagesCame, byte? separator) => (_messagesCame, _separator) = (messagesCame, separator);

    /// <summary>Opens a WebSocket.</summary>
    /// <param name="address">Where.</param>
    /// <param name="messagesCame">Told how many messages came.</param>
    /// <param name="separator">What ends each message, where a frame may have several.</param>
    public static async Task<RawPhone> ConnectAsync(Uri address, Action<int> messagesCame, byte? separator)
    {
        var phone = new RawPhone(messagesCame, separator);
        await phone._socket.ConnectAsync(IPAddress.Parse(address.Host), address.Port);
        await phone._socket.SendAsync(Encoding.ASCII.GetBytes(
            $"GET {address.PathAndQuery} HTTP/1.1\r\nHost: {address.Authority}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"));
        int end;
        while ((end = phone._buffer.AsSpan(0, phone._filled).IndexOf("\r\n\r\n"u8)) < 0)
        {
            if (!await phone.ReceiveAsync())
                throw new InvalidOperationException("The server closed the connection.");
        }

        if (!phone._buffer.AsSpan().StartsWith("HTTP/1.1 101"u8))
            throw new InvalidOperationException("The server did not open a WebSocket.");
        phone.Drop(end + 4);
        return phone;
    }

    public async Task SendAsync(ReadOnlyMemory<byte> text)
    {
        // Masked with zeros, which is a mask like any other.
        var frame = new byte[6 + text.Length];
        frame[0] = 0x81;
        frame[1] = (byte)(0x80 | text.Length);
        text.CopyTo(frame.AsMemory(6));
        await _socket.SendAsync(frame);
    }

    /// <summary>Counts messages until the socket is closed.</summary>
    public async Task ReadAsync()
    {
        try
        {
            do
                CountFrames();
            while (await ReceiveAsync());
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Closed by this side.
        }
    }

    public void Dispose() => _socket.Dispose();

    private void CountFrames()
    {
        var start = 0;
        while (_filled - start >= 4)
        {
            var length = _buffer[start + 1] & 0x7F;
            var header = 2;
            if (length == 126)
                (length, header) = ((_buffer[start + 2] << 8) | _buffer[start + 3], 4);
            if (_filled - start < header + length)
                break;
            if ((_buffer[start] & 0x0F) == 1 && length >= ShortestMessage)
                _messagesCame(_separator is { } end ? _buffer.AsSpan(start + header, length).Count(end) : 1);
            start += header + length;
        }

        Drop(start);
    }

    private async ValueTask<bool> ReceiveAsync()
    {
        var received = await _socket.ReceiveAsync(_buffer.AsMemory(_filled));
        _filled += received;
        return received > 0;
    }

    private void Drop(int count)
    {
        _filled -= count;
        _buffer.AsSpan(count, _filled).CopyTo(_buffer);
    }
}
