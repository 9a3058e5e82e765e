using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using Weapp.Protocol.Sessions;
using Weapp.SessionServer.Store;
using Weapp.SessionServer.WeChat;

namespace Weapp.SessionServer.Sessions;

/// <summary>Stores what another session server had.</summary>
internal sealed class SessionImport(ISessionStore store, SessionKeyVault vault, IOptions<SessionServerOptions> options, TimeProvider time) : ISessionImport
{
    private readonly SessionServerOptions _options = options.Value;

    public async ValueTask<SessionImportOutcome> AddAsync(ImportedSession session, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(session);
        if (session.Id.Length == 0 || session.Skey.Length == 0 || session.OpenId.Length == 0
            || (session.AppId ?? _options.DefaultAppId) is not { } appId || _options.SecretOf(appId) is null)
            return SessionImportOutcome.Unusable;
        var now = time.GetUtcNow();
        if (now - session.Created >= _options.LoginDuration || now - session.Visited >= _options.SessionDuration)
            return SessionImportOutcome.Expired;
        try
        {
            var hash = SessionFinder.Hash(session.Skey);
            if (await store.FindAsync(hash, cancellationToken) is not null)
                return SessionImportOutcome.AlreadyThere;
            var user = new UserKey(appId, session.OpenId);
            // Who has logged in here since knows better.
            var stored = await store.FindUserAsync(user, cancellationToken) ?? new StoredUser(
                vault.Protect(SessionKey.Decode(session.SessionKey) ?? RandomNumberGenerator.GetBytes(SessionKey.Length)),
                null,
                UserInfoJson.ToUtf8(Profile(session.UserInfo) with { OpenId = session.OpenId }));
            await store.AddAsync(new StoredSession(hash, session.Id, user, session.Created, session.Visited), stored, _options.MaxSessionsPerUser, cancellationToken);
            return SessionImportOutcome.Imported;
        }
        catch (SessionStoreException e)
        {
            throw new IOException(e.Message, e);
        }
    }

    /// <summary>The official session server stores profiles as base64, its successors as JSON; an unreadable one is none.</summary>
    private static UserInfo Profile(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return new UserInfo();
        var json = new byte[text.Length];
        var utf8 = Convert.TryFromBase64String(text, json, out var length) ? json.AsMemory(0, length) : Encoding.UTF8.GetBytes(text);
        return UserInfoJson.TryRead(utf8, out var profile) ? profile : new UserInfo();
    }
}
