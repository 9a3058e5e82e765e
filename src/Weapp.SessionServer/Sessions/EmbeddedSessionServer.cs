using System.Text;
using Microsoft.Extensions.Logging;
using Weapp.Protocol.Sessions;
using Weapp.SessionServer.Diagnostics;
using Weapp.SessionServer.Store;
using Weapp.SessionServer.WeChat;

namespace Weapp.SessionServer.Sessions;

/// <summary>The session server itself: in this process for an app, behind the endpoint for others.</summary>
internal sealed class EmbeddedSessionServer(
    SessionLogin login,
    SessionFinder finder,
    ISessionStore store,
    SessionKeyVault vault,
    TimeProvider time,
    ILogger<EmbeddedSessionServer> logger) : ISessionServer
{
    // Whoever changes data until it decrypts needs many tries; a phone needs one.
    private readonly FailureLimit _decryptions = new(5, TimeSpan.FromMinutes(1), time);

    public ValueTask<SessionAnswer<SessionGrant>> LoginAsync(SessionLoginRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        return login.LoginAsync(request, cancellationToken);
    }

    public ValueTask<SessionAnswer<UserInfo>> CheckAsync(string? id, string skey, CancellationToken cancellationToken) =>
        CheckAsync(id, skey, null, cancellationToken);

    /// <summary>As an app of one mini program asks.</summary>
    public async ValueTask<SessionAnswer<UserInfo>> CheckAsync(string? id, string skey, string? appId, CancellationToken cancellationToken)
    {
        var (code, found) = await finder.UseAsync(id, skey, appId, cancellationToken);
        return found is null ? SessionMessage.Refuse<UserInfo>(code) : Tell("AUTH_SUCCESS", found);
    }

    public ValueTask<SessionAnswer<string>> DecryptAsync(SessionDecryptRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        return DecryptAsync(request, null, cancellationToken);
    }

    /// <summary>As an app of one mini program asks.</summary>
    public async ValueTask<SessionAnswer<string>> DecryptAsync(SessionDecryptRequest request, string? appId, CancellationToken cancellationToken)
    {
        var (code, found) = await finder.UseAsync(request.Id, request.Skey, appId, cancellationToken);
        if (found is null)
            return SessionMessage.Refuse<string>(code);
        var session = found.Session;
        if (_decryptions.IsReached(session.Id))
            return SessionMessage.Refuse<string>(SessionCode.DecryptFailed);

        var data = EncryptedData.Decrypt(
            request.EncryptedData,
            request.Iv,
            [vault.Unprotect(found.User.ProtectedKey), vault.Unprotect(found.User.PreviousKey)],
            new UserId(session.User.AppId, session.User.OpenId),
            out var outcome);
        logger.Decrypted(outcome);
        if (data is not null)
            return new SessionAnswer<string>(SessionCode.Ok, "DECRYPT_SUCCESS", Encoding.UTF8.GetString(data.Json));
        if (_decryptions.Note(session.Id, HashCode.Combine(request.EncryptedData, request.Iv)))
            logger.TooManyDecryptions();
        return SessionMessage.Refuse<string>(SessionCode.DecryptFailed);
    }

    public ValueTask<SessionAnswer<UserInfo>> LogoutAsync(string? id, string skey, CancellationToken cancellationToken) =>
        LogoutAsync(id, skey, null, cancellationToken);

    /// <summary>As an app of one mini program asks.</summary>
    public async ValueTask<SessionAnswer<UserInfo>> LogoutAsync(string? id, string skey, string? appId, CancellationToken cancellationToken)
    {
        try
        {
            return await finder.FindAsync(id, skey, appId, cancellationToken) is { } found && await store.RemoveAsync(found.Session, cancellationToken)
                ? Tell("LOGOUT_SUCCESS", found)
                : SessionMessage.Refuse<UserInfo>(SessionCode.SessionFailed);
        }
        catch (SessionStoreException e)
        {
            logger.StoreFailed(e);
            return SessionMessage.Refuse<UserInfo>(SessionCode.StoreError);
        }
    }

    public ISessionServer OfApp(string appId) => new AppSessionServer(this, appId);

    private static SessionAnswer<UserInfo> Tell(string message, FoundSession found) =>
        UserInfoJson.TryRead(found.User.Profile, out var user)
            ? new SessionAnswer<UserInfo>(SessionCode.Ok, message, user)
            : SessionMessage.Refuse<UserInfo>(SessionCode.StoreError);
}
