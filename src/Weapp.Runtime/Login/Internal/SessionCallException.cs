namespace Weapp.Login.Internal;

/// <summary>How a call to a session server can fail without an answer of its own.</summary>
internal enum SessionCallFailure
{
    /// <summary>No connection, or it broke before the answer was complete.</summary>
    Unreachable,

    /// <summary>No complete answer in time.</summary>
    TimedOut,

    /// <summary>A status other than 200.</summary>
    BadStatus,

    /// <summary>An answer that is no session server's.</summary>
    BadAnswer,
}

/// <summary>A call to a session server failed without an answer of its own.</summary>
internal sealed class SessionCallException(SessionCallFailure failure, string message, Exception? inner = null) : Exception(message, inner)
{
    public SessionCallFailure Failure { get; } = failure;
}
