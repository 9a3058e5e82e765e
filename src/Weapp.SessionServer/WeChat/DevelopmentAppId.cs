namespace Weapp.SessionServer.WeChat;

/// <summary>The app id in effect.</summary>
internal static class DevelopmentAppId
{
    /// <summary>The configured app id, or the simulated WeChat's, which needs none.</summary>
    public static string AppIdOrDevelopment(this SessionServerOptions options) =>
        string.IsNullOrWhiteSpace(options.AppId) ? "wxdevelopment0000" : options.AppId;
}
