using System.Buffers.Text;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Weapp.Protocol.Sessions;
using Weapp.SessionServer.Diagnostics;
using Weapp.SessionServer.Store;
using Weapp.SessionServer.WeChat;

namespace Weapp.SessionServer.Sessions;

/// <summary>Turns login codes into sessions.</summary>
internal sealed class SessionLogin(
    WeChatClient weChat,
    ISessionStore store,
    SessionKeyVault vault,
    IOptions<SessionServerOptions> options,
    TimeProvider time,
    ILogger<SessionLogin> logger)
{
    private readonly SessionServerOptions _options = options.Value;
    private readonly UsedCodes _codes = new(time);

    public async ValueTask<SessionAnswer<SessionGrant>> LoginAsync(SessionLoginRequest request, CancellationToken cancellationToken)
    {
        if (request.EncryptedData is null != request.Iv is null)
            return Refuse(SessionCode.MissingParameter);
        if ((request.AppId ?? _options.DefaultAppId) is not { } appId || _options.SecretOf(appId) is not { } secret)
            return Refuse(SessionCode.NoAppId);
        if (!SessionKey.IsPlain(request.Code))
            return Refuse(SessionCode.CodeRefused);
        if (!_codes.TryTake(appId, request.Code))
        {
            logger.CodeUsedBefore();
            return Refuse(SessionCode.CodeRefused);
        }

        var answered = false;
        try
        {
            var (code, session) = await weChat.ExchangeAsync(new MiniProgram(appId, secret), request.Code, cancellationToken);
            answered = code != SessionCode.WeChatUnreachable;
            if (session is null)
                return Refuse(code);
            // The code is used up by now: a phone that has gone away must not undo the login.
            return await StoreAsync(request, session, new UserKey(appId, session.OpenId));
        }
        catch (SessionStoreException e)
        {
            logger.SessionNotStored(e);
            return Refuse(SessionCode.SessionNotStored);
        }
        finally
        {
            if (!answered)
                _codes.Return(appId, request.Code);
        }
    }

    private static SessionAnswer<SessionGrant> Refuse(int code) => SessionMessage.Refuse<SessionGrant>(code);

    private async ValueTask<SessionAnswer<SessionGrant>> StoreAsync(SessionLoginRequest request, WeChatSession session, UserKey user)
    {
        var now = time.GetUtcNow();
        var known = await store.FindUserAsync(user, CancellationToken.None);
        var knownKey = vault.Unprotect(known?.ProtectedKey);
        UserInfo profile;
        if (request.EncryptedData is null)
        {
            profile = KnownProfile(known, session);
        }
        else
        {
            var read = EncryptedData.ReadProfile(request, session, knownKey, user.AppId, now, _options.WatermarkTolerance, out var outcome);
            logger.Decrypted(outcome);
            if (read is null)
                return Refuse(SessionCode.DecryptFailed);
            profile = read;
        }

        // WeChat gives the same key again for a while: the one before it is still the one before it.
        var keyIsKnown = knownKey is not null && CryptographicOperations.FixedTimeEquals(knownKey, session.Key);
        var grant = new SessionGrant(NewKey(), NewKey(), profile) { Duration = _options.SessionDuration };
        await store.AddAsync(
            new StoredSession(SessionFinder.Hash(grant.Skey), grant.Id, user, now, now),
            new StoredUser(vault.Protect(session.Key), keyIsKnown ? known!.PreviousKey : known?.ProtectedKey, UserInfoJson.ToUtf8(profile)),
            _options.MaxSessionsPerUser,
            CancellationToken.None);
        return new SessionAnswer<SessionGrant>(SessionCode.Ok, known is null ? "NEW_SESSION_SUCCESS" : "UPDATE_SESSION_SUCCESS", grant);
    }

    /// <summary>A login without a profile keeps the one that the user has shown before.</summary>
    private static UserInfo KnownProfile(StoredUser? known, WeChatSession session)
    {
        var profile = known is not null && UserInfoJson.TryRead(known.Profile, out var shown) ? shown : new UserInfo();
        return profile with { OpenId = session.OpenId, UnionId = session.UnionId ?? profile.UnionId };
    }

    private static string NewKey() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
}
