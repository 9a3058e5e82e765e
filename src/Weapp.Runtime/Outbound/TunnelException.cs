namespace Weapp;

/// <summary>Why a call to the tunnel server failed.</summary>
public enum TunnelErrorKind
{
    /// <summary>No connection.</summary>
    Unreachable,

    /// <summary>No answer within <see cref="WeappOptions.NetworkTimeout"/>: whether the call took effect is not known.</summary>
    TimedOut,

    /// <summary>An HTTP status other than 200.</summary>
    BadStatus,

    /// <summary>An answer that cannot be read.</summary>
    BadAnswer,

    /// <summary>The tunnel server said no: see <see cref="TunnelException.Code"/>.</summary>
    Refused,

    /// <summary>The answer's signature is wrong, or absent where it is required.</summary>
    BadSignature,
}

/// <summary>A call to the tunnel server failed. The message says why and holds no secrets.</summary>
public sealed class TunnelException : Exception
{
    /// <summary>Makes an exception.</summary>
    /// <param name="kind">Why the call failed.</param>
    /// <param name="message">The reason in words.</param>
    /// <param name="code">The answer's <c>code</c>, or the HTTP status where <paramref name="kind"/> is <see cref="TunnelErrorKind.BadStatus"/>.</param>
    /// <param name="innerException">The exception behind it.</param>
    public TunnelException(TunnelErrorKind kind, string message, int? code = null, Exception? innerException = null)
        : base(message, innerException)
    {
        Kind = kind;
        Code = code;
    }

    /// <summary>Why the call failed.</summary>
    public TunnelErrorKind Kind { get; }

    /// <summary>The answer's <c>code</c>, or the HTTP status where <see cref="Kind"/> is <see cref="TunnelErrorKind.BadStatus"/>.</summary>
    public int? Code { get; }

    /// <summary>Whether the same call may succeed later.</summary>
    public bool IsTransient => Kind switch
    {
        TunnelErrorKind.Unreachable or TunnelErrorKind.TimedOut => true,
        TunnelErrorKind.BadStatus => Code is 408 or 425 or 429 or >= 500,
        _ => false,
    };
}
