using System.Net.WebSockets;
using Weapp.Protocol;

namespace Weapp.TunnelServer.Tunnels;

/// <summary>What came from a phone.</summary>
internal enum FrameKind
{
    /// <summary>A whole text frame.</summary>
    Text,

    /// <summary>A text frame over the limit; the rest of it is thrown away by the next reads.</summary>
    TooBig,

    /// <summary>A binary frame, or a part of one.</summary>
    Binary,

    /// <summary>The WebSocket's close frame.</summary>
    Close,

    /// <summary>Text that is no UTF-8, or a close frame that is none: the WebSocket has told the phone so, and reads no more.</summary>
    Invalid,

    /// <summary>The end of a connection that broke.</summary>
    Lost,
}

/// <summary>Reads whole frames. It holds memory only while a frame comes in.</summary>
internal sealed class FrameReader(WebSocket socket, int maxBytes) : IDisposable
{
    private const int FirstRent = 1024;

    private PooledBuffer? _buffer;
    private bool _insideTooBig;

    /// <summary>The text of the last <see cref="FrameKind.Text"/>, until the next read.</summary>
    public ReadOnlyMemory<byte> Text => _buffer?.WrittenMemory ?? default;

    public async ValueTask<FrameKind> ReadAsync()
    {
        _buffer?.Dispose();
        _buffer = null;
        try
        {
            // A read of no bytes ends when a frame begins: until then nothing is rented.
            var received = await socket.ReceiveAsync(Memory<byte>.Empty, CancellationToken.None);
            _buffer = new PooledBuffer(FirstRent);
            while (true)
            {
                if (received.MessageType == WebSocketMessageType.Close)
                    return FrameKind.Close;
                if (received.MessageType == WebSocketMessageType.Binary && (received.EndOfMessage || received.Count > 0))
                    return FrameKind.Binary;
                if (received.EndOfMessage)
                {
                    var rest = _insideTooBig;
                    _insideTooBig = false;
                    return rest ? FrameKind.TooBig : FrameKind.Text;
                }

                if (_insideTooBig)
                    _buffer.Truncate(0);
                var room = _buffer.GetMemory();
                received = await socket.ReceiveAsync(room, CancellationToken.None);
                _buffer.Advance(received.Count);
                if (_buffer.WrittenCount > maxBytes)
                {
                    _insideTooBig = true;
                    return FrameKind.TooBig;
                }
            }
        }
        catch (WebSocketException exception) when (exception.WebSocketErrorCode == WebSocketError.Faulted)
        {
            return FrameKind.Invalid;
        }
        catch (Exception exception) when (exception is WebSocketException or IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
            return FrameKind.Lost;
        }
    }

    public void Dispose() => _buffer?.Dispose();
}
