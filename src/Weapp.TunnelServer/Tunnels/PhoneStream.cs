namespace Weapp.TunnelServer.Tunnels;

/// <summary>A phone's connection below its WebSocket: it looks at the frames, and reads away what still comes from a phone that broke a rule.</summary>
internal sealed class PhoneStream(Stream connection, TunnelServerOptions options, TimeProvider time) : Stream
{
    private const int DiscardBytes = 4096;

    private FrameMeter _meter = new(options.MaxFragments, options.FramesPerSecond, options.FrameBurst, time);
    private TunnelEnd? _broken;

    /// <summary>Is ended when the phone has passed a limit or broken a rule and everything before that has been read.</summary>
    public Tunnel? Tunnel { get; set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    // Idle phones are waited for with a read of no bytes, which needs no state of its own.
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        _broken is not null ? DiscardAsync(cancellationToken)
        : buffer.IsEmpty ? connection.ReadAsync(buffer, cancellationToken)
        : ReadFramesAsync(buffer, cancellationToken);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => connection.WriteAsync(buffer, cancellationToken);

    public override Task FlushAsync(CancellationToken cancellationToken) => connection.FlushAsync(cancellationToken);

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    /// <summary>The reader has waited for so many ticks of the clock, which is not held against the phone.</summary>
    public void Pause(long ticks) => _meter.Pause(ticks);

    /// <summary>Reads until the phone has answered the close frame or gone, so that no reset overtakes it.</summary>
    public async Task DrainAsync(CancellationToken cancellationToken = default)
    {
        var rest = new byte[DiscardBytes];
        try
        {
            while (await connection.ReadAsync(rest, cancellationToken) > 0)
            {
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // It has gone without an answer.
        }
    }

    private async ValueTask<int> ReadFramesAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        var read = await connection.ReadAsync(buffer, cancellationToken);
        var passed = _meter.Take(buffer.Span[..read], out _broken);
        return passed > 0 || _broken is null ? passed : await DiscardAsync(cancellationToken);
    }

    private async ValueTask<int> DiscardAsync(CancellationToken cancellationToken)
    {
        Tunnel?.End(_broken!);
        await DrainAsync(cancellationToken);
        return 0;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            connection.Dispose();
        base.Dispose(disposing);
    }
}
