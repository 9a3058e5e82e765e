using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Weapp.Protocol.Sessions;
using Weapp.SessionServer.Diagnostics;
using Weapp.SessionServer.Store;
using Weapp.SessionServer.WeChat;

namespace Weapp.SessionServer.Sessions;

/// <summary>The session server itself: in this process for an app, behind the endpoint for others.</summary>
internal sealed class EmbeddedSessionServer(
    IWeChat weChat,
    SessionStore store,
    IDataProtectionProvider protection,
    IOptions<SessionServerOptions> options,
    TimeProvider time,
    ILogger<EmbeddedSessionServer> logger) : ISessionServer
{
    private readonly SessionServerOptions _options = options.Value;
    private readonly string _appId = options.Value.AppIdOrDevelopment();
    private readonly IDataProtector _keys = protection.CreateProtector("Weapp.SessionServer.SessionKey.v1");

    public async ValueTask<SessionAnswer<SessionGrant>> LoginAsync(SessionLoginRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.EncryptedData is null != request.Iv is null)
            return Refuse<SessionGrant>(SessionCode.MissingParameter);
        if (!SessionKey.IsCode(request.Code))
            return Refuse<SessionGrant>(SessionCode.CodeRefused);
        var (code, session) = await weChat.ExchangeAsync(request.Code, cancellationToken);
        if (session is null)
            return Refuse<SessionGrant>(code);
        UserInfo? profile = null;
        if (request.EncryptedData is not null
            && !EncryptedData.TryReadProfile(request, session, _appId, time.GetUtcNow(), _options.WatermarkTolerance, out profile))
            return Refuse<SessionGrant>(SessionCode.DecryptFailed);
        try
        {
            // The code is used up by now: a phone that has gone away must not undo the login.
            return await StoreAsync(session, profile ?? await KnownProfileAsync(session));
        }
        catch (Exception e) when (e is SqliteException or TimeoutException)
        {
            logger.SessionNotStored(e);
            return Refuse<SessionGrant>(SessionCode.SessionNotStored);
        }
    }

    public async ValueTask<SessionAnswer<UserInfo>> CheckAsync(string? id, string skey, CancellationToken cancellationToken)
    {
        var (code, session) = await FindAsync(id, skey, cancellationToken);
        return session is not null && UserInfoJson.TryRead(session.Profile, out var user)
            ? new SessionAnswer<UserInfo>(SessionCode.Ok, "AUTH_SUCCESS", user)
            : Refuse<UserInfo>(code == SessionCode.Ok ? SessionCode.StoreError : code);
    }

    public async ValueTask<SessionAnswer<string>> DecryptAsync(SessionDecryptRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var (code, session) = await FindAsync(request.Id, request.Skey, cancellationToken);
        if (session is null)
            return Refuse<string>(code);
        byte[] key;
        try
        {
            key = _keys.Unprotect(session.ProtectedKey);
        }
        catch (CryptographicException)
        {
            logger.SessionKeyUnreadable();
            return Refuse<string>(SessionCode.DecryptFailed);
        }

        return EncryptedData.Decrypt(request.EncryptedData, request.Iv, key, _appId, out _) is { } plain
            ? new SessionAnswer<string>(SessionCode.Ok, "DECRYPT_SUCCESS", Encoding.UTF8.GetString(plain))
            : Refuse<string>(SessionCode.DecryptFailed);
    }

    public async ValueTask<SessionAnswer<UserInfo>> LogoutAsync(string? id, string skey, CancellationToken cancellationToken)
    {
        try
        {
            return await store.FindAsync(id, skey, cancellationToken) is { } session
                && await store.RemoveAsync(session, cancellationToken)
                && UserInfoJson.TryRead(session.Profile, out var user)
                    ? new SessionAnswer<UserInfo>(SessionCode.Ok, "LOGOUT_SUCCESS", user)
                    : Refuse<UserInfo>(SessionCode.SessionFailed);
        }
        catch (Exception e) when (e is SqliteException or TimeoutException)
        {
            logger.StoreFailed(e);
            return Refuse<UserInfo>(SessionCode.StoreError);
        }
    }

    private static SessionAnswer<T> Refuse<T>(int code)
        where T : class => new(code, SessionMessage.Of(code), null);

    /// <summary>A login without a profile keeps the one that the user has shown before.</summary>
    private async ValueTask<UserInfo> KnownProfileAsync(WeChatSession session)
    {
        var stored = await store.FindProfileAsync(session.OpenId, CancellationToken.None);
        var profile = stored is not null && UserInfoJson.TryRead(stored, out var known) ? known : new UserInfo();
        return profile with { OpenId = session.OpenId, UnionId = session.UnionId ?? profile.UnionId };
    }

    private async ValueTask<SessionAnswer<SessionGrant>> StoreAsync(WeChatSession session, UserInfo user)
    {
        var grant = new SessionGrant(NewKey(), NewKey(), user) { Duration = _options.SessionDuration };
        var replaced = await store.ReplaceAsync(
            new NewSession(session.OpenId, grant.Id, SessionStore.Hash(grant.Skey), _keys.Protect(session.Key), UserInfoJson.ToUtf8(user)),
            CancellationToken.None);
        return new SessionAnswer<SessionGrant>(SessionCode.Ok, replaced ? "UPDATE_SESSION_SUCCESS" : "NEW_SESSION_SUCCESS", grant);
    }

    /// <summary>Finds a session that is still valid, and prolongs it.</summary>
    private async ValueTask<(int Code, StoredSession? Session)> FindAsync(string? id, string skey, CancellationToken cancellationToken)
    {
        try
        {
            if (await store.FindAsync(id, skey, cancellationToken) is not { } session)
                return (SessionCode.SessionFailed, null);
            var now = time.GetUtcNow();
            if (now - session.Created >= _options.LoginDuration || now - session.Visited >= _options.SessionDuration)
                return (SessionCode.SessionExpired, null);
            await store.VisitAsync(session, now, cancellationToken);
            return (SessionCode.Ok, session);
        }
        catch (Exception e) when (e is SqliteException or TimeoutException)
        {
            logger.StoreFailed(e);
            return (SessionCode.StoreError, null);
        }
    }

    private static string NewKey() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
}
