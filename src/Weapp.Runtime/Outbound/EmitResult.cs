namespace Weapp;

/// <summary>What became of a message that the tunnel server has taken.</summary>
public readonly struct EmitResult : IEquatable<EmitResult>
{
    private readonly IReadOnlyList<string>? _invalidTunnelIds;

    /// <summary>Makes a result.</summary>
    /// <param name="invalidTunnelIds">The tunnels that are gone; null for none.</param>
    public EmitResult(IReadOnlyList<string>? invalidTunnelIds) => _invalidTunnelIds = invalidTunnelIds;

    /// <summary>The tunnels that are gone: nobody has received the message there, and nobody will.</summary>
    public IReadOnlyList<string> InvalidTunnelIds => _invalidTunnelIds ?? [];

    /// <summary>Whether some tunnel is gone.</summary>
    public bool HasInvalidTunnelIds => _invalidTunnelIds is { Count: > 0 };

    /// <summary>Two results are equal when they name the same tunnels in the same order.</summary>
    public bool Equals(EmitResult other) => InvalidTunnelIds.SequenceEqual(other.InvalidTunnelIds);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is EmitResult other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => InvalidTunnelIds.Aggregate(0, static (hash, id) => HashCode.Combine(hash, id));

    /// <summary>Whether two results name the same tunnels in the same order.</summary>
    public static bool operator ==(EmitResult left, EmitResult right) => left.Equals(right);

    /// <summary>Whether two results differ.</summary>
    public static bool operator !=(EmitResult left, EmitResult right) => !left.Equals(right);
}
