namespace Weapp;

/// <summary>What became of a message that the tunnel server has taken.</summary>
public readonly struct EmitResult : IEquatable<EmitResult>
{
    private readonly IReadOnlyList<string>? _invalidTunnelIds;
    private readonly IReadOnlyList<string>? _undeliveredTunnelIds;

    /// <summary>Makes a result.</summary>
    /// <param name="invalidTunnelIds">The tunnels that are gone; null for none.</param>
    /// <param name="undeliveredTunnelIds">The tunnels that were out of reach; null for none.</param>
    public EmitResult(IReadOnlyList<string>? invalidTunnelIds, IReadOnlyList<string>? undeliveredTunnelIds = null)
    {
        _invalidTunnelIds = invalidTunnelIds;
        _undeliveredTunnelIds = undeliveredTunnelIds;
    }

    /// <summary>The tunnels that are gone: nobody has received the message there, and nobody will.</summary>
    public IReadOnlyList<string> InvalidTunnelIds => _invalidTunnelIds ?? [];

    /// <summary>Whether some tunnel is gone.</summary>
    public bool HasInvalidTunnelIds => _invalidTunnelIds is { Count: > 0 };

    /// <summary>
    /// The tunnels that are neither gone nor known to be reached: the part of the tunnel server that holds them did not answer, nor did it at a second attempt.
    /// The app may send the message again; in the worst case it arrives twice then.
    /// </summary>
    public IReadOnlyList<string> UndeliveredTunnelIds => _undeliveredTunnelIds ?? [];

    /// <summary>Whether some tunnel was out of reach.</summary>
    public bool HasUndeliveredTunnelIds => _undeliveredTunnelIds is { Count: > 0 };

    /// <summary>Two results are equal when they name the same tunnels in the same order.</summary>
    public bool Equals(EmitResult other) =>
        InvalidTunnelIds.SequenceEqual(other.InvalidTunnelIds) && UndeliveredTunnelIds.SequenceEqual(other.UndeliveredTunnelIds);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is EmitResult other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => InvalidTunnelIds.Concat(UndeliveredTunnelIds).Aggregate(0, static (hash, id) => HashCode.Combine(hash, id));

    /// <summary>Whether two results name the same tunnels in the same order.</summary>
    public static bool operator ==(EmitResult left, EmitResult right) => left.Equals(right);

    /// <summary>Whether two results differ.</summary>
    public static bool operator !=(EmitResult left, EmitResult right) => !left.Equals(right);
}
