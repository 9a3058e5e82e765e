using System.Buffers;

namespace Weapp.Protocol;

/// <summary>A growing byte buffer on pooled memory; disposing it gives the memory back.</summary>
/// <remarks>Not thread safe. After <see cref="Dispose"/> no span or memory from it may be used.</remarks>
public sealed class PooledBuffer : IBufferWriter<byte>, IDisposable
{
    private byte[] _array;
    private int _written;

    /// <summary>Rents a buffer.</summary>
    /// <param name="capacity">Bytes to start with; the buffer grows when they do not suffice.</param>
    public PooledBuffer(int capacity = 512) => _array = ArrayPool<byte>.Shared.Rent(capacity);

    /// <summary>What has been written so far.</summary>
    public ReadOnlySpan<byte> WrittenSpan => _array.AsSpan(0, _written);

    /// <summary>What has been written so far.</summary>
    public ReadOnlyMemory<byte> WrittenMemory => _array.AsMemory(0, _written);

    /// <summary>How many bytes have been written.</summary>
    public int WrittenCount => _written;

    /// <summary>Forgets what has been written from <paramref name="length"/> on.</summary>
    /// <param name="length">The bytes to keep.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="length"/> is negative or more than was written.</exception>
    public void Truncate(int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)length, (uint)_written, nameof(length));
        _written = length;
    }

    /// <inheritdoc/>
    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)(_array.Length - _written), nameof(count));
        _written += count;
    }

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _array.AsMemory(_written);
    }

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _array.AsSpan(_written);
    }

    /// <summary>Gives the memory back to the pool.</summary>
    public void Dispose()
    {
        var array = _array;
        _array = [];
        _written = 0;
        if (array.Length > 0)
            ArrayPool<byte>.Shared.Return(array);
    }

    private void Reserve(int size)
    {
        size = Math.Max(size, 1);
        if (_array.Length - _written >= size)
            return;
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(checked(_written + size), _array.Length * 2));
        WrittenSpan.CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_array);
        _array = larger;
    }
}
