namespace Weapp.SessionServer;

/// <summary>What WeChat can say about a session's <c>session_key</c> without anybody seeing it.</summary>
public interface ISessionKeys
{
    /// <summary>Asks WeChat whether the <c>session_key</c> is still the user's, as <c>wx.checkSession</c> does on the phone.</summary>
    /// <param name="id">The session's id; null to find it by <paramref name="skey"/> alone.</param>
    /// <param name="skey">The session's secret.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    /// <exception cref="WeChatException">WeChat did not say.</exception>
    ValueTask<SessionKeyState> CheckAsync(string? id, string skey, CancellationToken cancellationToken);

    /// <summary>Has WeChat give the user another <c>session_key</c>, and keeps it. What the phone encrypted before can still be decrypted.</summary>
    /// <param name="id">The session's id; null to find it by <paramref name="skey"/> alone.</param>
    /// <param name="skey">The session's secret.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    /// <exception cref="WeChatException">WeChat did not.</exception>
    ValueTask<SessionKeyState> ResetAsync(string? id, string skey, CancellationToken cancellationToken);
}

/// <summary>What there is to say about a session's <c>session_key</c>.</summary>
public enum SessionKeyState
{
    /// <summary>There is no such session, or no key that can be read: the user has to log in.</summary>
    NoSession,

    /// <summary>The key is the user's.</summary>
    Valid,

    /// <summary>WeChat has another key by now: the next login brings it.</summary>
    Outdated,
}
