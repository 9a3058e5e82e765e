namespace Weapp.TunnelServer.Tunnels;

/// <summary>A phone's connection below its WebSocket: it counts frames, and reads away what still comes from a phone that passed a limit.</summary>
internal sealed class PhoneStream(Stream connection, TunnelServerOptions options, TimeProvider time) : Stream
{
    private FrameMeter _meter = new(options.MaxFragments, options.FramesPerSecond, options.FrameBurst, time);
    private bool _discards;

    /// <summary>Called once, when the phone passes a limit.</summary>
    public Action? Exceeded { get; set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            var read = await connection.ReadAsync(buffer, cancellationToken);
            if (read == 0)
                return 0;
            if (!_meter.Take(buffer.Span[..read]) && !_discards)
            {
                _discards = true;
                Exceeded?.Invoke();
            }

            if (!_discards)
                return read;

            // The phone has read the close frame and answered it: the end, as far as it can be had.
            if (_meter.HasClosed)
                return 0;
        }
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => connection.WriteAsync(buffer, cancellationToken);

    public override Task FlushAsync(CancellationToken cancellationToken) => connection.FlushAsync(cancellationToken);

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            connection.Dispose();
        base.Dispose(disposing);
    }
}
