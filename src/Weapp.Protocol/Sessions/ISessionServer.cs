namespace Weapp.Protocol.Sessions;

/// <summary>A session server as an app sees it (protocol section 3): in this process, or over HTTP.</summary>
/// <remarks>A refusal is an answer with its code, not an exception.</remarks>
public interface ISessionServer
{
    /// <summary>Turns a WeChat login code into a session: <c>qcloud.cam.id_skey</c>.</summary>
    /// <param name="request">What the phone sent.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    ValueTask<SessionAnswer<SessionGrant>> LoginAsync(SessionLoginRequest request, CancellationToken cancellationToken);

    /// <summary>Tells whose session it is: <c>qcloud.cam.auth</c>.</summary>
    /// <param name="id">The session's id; null to find it by <paramref name="skey"/> alone.</param>
    /// <param name="skey">The session's secret.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    ValueTask<SessionAnswer<UserInfo>> CheckAsync(string? id, string skey, CancellationToken cancellationToken);

    /// <summary>Decrypts what WeChat encrypted for a session: <c>qcloud.cam.decrypt</c>.</summary>
    /// <param name="request">The session and the encrypted data.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    /// <returns>The plain JSON text.</returns>
    ValueTask<SessionAnswer<string>> DecryptAsync(SessionDecryptRequest request, CancellationToken cancellationToken);

    /// <summary>Ends a session: <c>weapp.logout</c>, which the official session server does not know.</summary>
    /// <param name="id">The session's id; null to find it by <paramref name="skey"/> alone.</param>
    /// <param name="skey">The session's secret.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    /// <returns>Whose session it was; <see cref="SessionCode.UnknownInterface"/> from a server that cannot end sessions.</returns>
    ValueTask<SessionAnswer<UserInfo>> LogoutAsync(string? id, string skey, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new SessionAnswer<UserInfo>(SessionCode.UnknownInterface, "INTERFACENAME_PARA_ERR", null));

    /// <summary>The same session server as the app of one mini program asks it.</summary>
    /// <param name="appId">The mini program.</param>
    /// <returns>This, for a session server that knows one mini program only.</returns>
    ISessionServer OfApp(string appId) => this;
}
