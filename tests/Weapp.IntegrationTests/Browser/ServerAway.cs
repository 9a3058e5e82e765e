namespace Weapp.IntegrationTests.Browser;

/// <summary>What the browser itself says when a server cannot be reached; no page can keep it from saying so.</summary>
internal static class ServerAway
{
    public static bool IsComplaint(string complaint) =>
        complaint.StartsWith("Failed to load resource: net::ERR_CONNECTION_", StringComparison.Ordinal)
        || complaint.StartsWith("Failed to load resource: net::ERR_EMPTY_RESPONSE", StringComparison.Ordinal)
        || (complaint.StartsWith("WebSocket connection to ", StringComparison.Ordinal) && complaint.Contains("net::ERR_", StringComparison.Ordinal));
}
