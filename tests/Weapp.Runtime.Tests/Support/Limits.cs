namespace Weapp.Runtime.Tests.Support;

internal static class Limits
{
    /// <summary>How long a test waits for what must happen before it fails.</summary>
    public static TimeSpan Deadline { get; } = TimeSpan.FromSeconds(30);
}
