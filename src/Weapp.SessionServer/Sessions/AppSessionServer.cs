using Weapp.Protocol.Sessions;

namespace Weapp.SessionServer.Sessions;

/// <summary>The session server as the app of one mini program sees it: the users of the others are nobody to it.</summary>
internal sealed class AppSessionServer(EmbeddedSessionServer server, string appId) : ISessionServer
{
    public ValueTask<SessionAnswer<SessionGrant>> LoginAsync(SessionLoginRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        return server.LoginAsync(request with { AppId = request.AppId ?? appId }, cancellationToken);
    }

    public ValueTask<SessionAnswer<UserInfo>> CheckAsync(string? id, string skey, CancellationToken cancellationToken) =>
        server.CheckAsync(id, skey, appId, cancellationToken);

    public ValueTask<SessionAnswer<string>> DecryptAsync(SessionDecryptRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        return server.DecryptAsync(request, appId, cancellationToken);
    }

    public ValueTask<SessionAnswer<UserInfo>> LogoutAsync(string? id, string skey, CancellationToken cancellationToken) =>
        server.LogoutAsync(id, skey, appId, cancellationToken);
}
