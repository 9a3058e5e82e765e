namespace Weapp;

/// <summary>What became of an event.</summary>
internal enum TunnelEventOutcome
{
    /// <summary>A method took it.</summary>
    Handled,

    /// <summary>No method takes such events.</summary>
    Unhandled,

    /// <summary>Its content does not fit the method's.</summary>
    BadContent,

    /// <summary>The method needs a user, and none is known for the tunnel.</summary>
    NoUser,

    /// <summary>The handler failed.</summary>
    Failed,

    /// <summary>The handler did not end in time, or an earlier event did not.</summary>
    TimedOut,
}
