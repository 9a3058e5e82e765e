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
        if (!IsHeader(session.Id) || !IsHeader(session.Skey) || !SessionKey.IsPlain(session.OpenId)
            || (session.AppId ?? _options.DefaultAppId) is not { } appId || _options.SecretOf(appId) is null)
            return SessionImportOutcome.Unusable;
        var now = time.GetUtcNow();
        // The other server's clock may be ahead; a session from the future would live longer than any.
        var (created, visited) = (Earlier(session.Created, now), Earlier(session.Visited, now));
        if (now - created >= _options.LoginDuration || now - visited >= _options.SessionDuration)
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
            await store.AddAsync(new StoredSession(hash, session.Id, user, created, visited), stored, _options.MaxSessionsPerUser, cancellationToken);
            return SessionImportOutcome.Imported;
        }
        catch (SessionStoreException e)
        {
            throw new IOException(e.Message, e);
        }
    }

    private static DateTimeOffset Earlier(DateTimeOffset time, DateTimeOffset now) => time < now ? time : now;

    /// <summary>Whether an app would take it from a phone: visible ASCII, and no comma, where two headers may have been joined.</summary>
    private static bool IsHeader(string text) =>
        text.Length is > 0 and <= SessionAnswerReader.MaxKeyLength && !text.AsSpan().ContainsAnyExceptInRange('!', '~') && !text.Contains(',', StringComparison.Ordinal);

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
