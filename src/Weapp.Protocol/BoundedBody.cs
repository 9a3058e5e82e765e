namespace Weapp.Protocol;

/// <summary>Reads a peer's body, but never more than is allowed.</summary>
public static class BoundedBody
{
    /// <summary>Reads a stream to its end.</summary>
    /// <param name="source">The body.</param>
    /// <param name="destination">Takes the bytes; what it already holds stays.</param>
    /// <param name="limit">The most bytes that may be read.</param>
    /// <param name="cancellationToken">Gives the reading up.</param>
    /// <returns>False when the body is longer; the rest of it is left unread.</returns>
    public static async ValueTask<bool> TryReadAsync(Stream source, PooledBuffer destination, int limit, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(destination);
        var end = checked(destination.WrittenCount + limit);
        while (true)
        {
            var count = await source.ReadAsync(destination.GetMemory(512), cancellationToken);
            if (count == 0)
                return true;
            destination.Advance(count);
            if (destination.WrittenCount > end)
                return false;
        }
    }
}
