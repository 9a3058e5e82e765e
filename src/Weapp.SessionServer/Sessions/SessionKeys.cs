using Microsoft.Extensions.Options;
using Weapp.SessionServer.Store;
using Weapp.SessionServer.WeChat;

namespace Weapp.SessionServer.Sessions;

/// <summary>Asks WeChat about the keys of sessions.</summary>
internal sealed class SessionKeys(
    SessionFinder finder, ISessionStore store, SessionKeyVault vault, WeChatClient weChat, IOptions<SessionServerOptions> options) : ISessionKeys
{
    public async ValueTask<SessionKeyState> CheckAsync(string? id, string skey, CancellationToken cancellationToken)
    {
        if (await FindAsync(id, skey, cancellationToken) is not var (app, found, key))
            return SessionKeyState.NoSession;
        return await weChat.CheckKeyAsync(app, found.Session.User.OpenId, key, cancellationToken) ? SessionKeyState.Valid : SessionKeyState.Outdated;
    }

    public async ValueTask<SessionKeyState> ResetAsync(string? id, string skey, CancellationToken cancellationToken)
    {
        if (await FindAsync(id, skey, cancellationToken) is not var (app, found, key))
            return SessionKeyState.NoSession;
        var user = found.Session.User;
        var fresh = await weChat.ResetKeyAsync(app, user.OpenId, key, cancellationToken);
        // WeChat has the new key by now: whoever asked must not undo that by going away.
        await store.ReplaceKeyAsync(user, vault.Protect(fresh), found.User.ProtectedKey, CancellationToken.None);
        return SessionKeyState.Valid;
    }

    private async ValueTask<(MiniProgram App, FoundSession Found, byte[] Key)?> FindAsync(string? id, string skey, CancellationToken cancellationToken) =>
        await finder.UseAsync(id, skey, null, cancellationToken) is (_, { } found)
            && options.Value.SecretOf(found.Session.User.AppId) is { } secret
            && vault.Unprotect(found.User.ProtectedKey) is { } key
                ? (new MiniProgram(found.Session.User.AppId, secret), found, key)
                : null;
}
