using Weapp.Http;

namespace Weapp.Login;

/// <summary>A call to a session server in another process failed without an answer of its own.</summary>
/// <param name="cause">How the call ended; null when its answer is none of the protocol's.</param>
internal sealed class SessionCallException(PeerException? cause) : Exception("The call to the session server failed.", cause)
{
    /// <summary>How the call ended; null when its answer is none of the protocol's.</summary>
    public PeerError? Error => cause?.Error;

    /// <summary>The HTTP status, where it was not 200.</summary>
    public int? Status => cause?.Status;
}
