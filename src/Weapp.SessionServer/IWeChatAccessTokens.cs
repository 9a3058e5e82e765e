namespace Weapp.SessionServer;

/// <summary>
/// WeChat's access tokens, for calls of the app's own to WeChat's API. A token is kept until five minutes before its end, and fetched once
/// at a time however many ask, because WeChat counts. It works like a password: it belongs in no log.
/// </summary>
public interface IWeChatAccessTokens
{
    /// <summary>An access token that is valid now.</summary>
    /// <param name="appId">The mini program; null for the session server's own.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    /// <exception cref="WeChatException">WeChat gave none.</exception>
    /// <exception cref="ArgumentException">There is no such mini program here.</exception>
    ValueTask<string> GetAsync(string? appId, CancellationToken cancellationToken);
}
