using Weapp.Protocol.Sessions;

namespace Weapp.Runtime.Tests.Support;

/// <summary>A session server to which every skey is the openId of its user.</summary>
internal sealed class KnownUsers : ISessionServer
{
    public ValueTask<SessionAnswer<SessionGrant>> LoginAsync(SessionLoginRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<SessionAnswer<UserInfo>> CheckAsync(string? id, string skey, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new SessionAnswer<UserInfo>(0, "", new UserInfo { OpenId = skey }));

    public ValueTask<SessionAnswer<string>> DecryptAsync(SessionDecryptRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();
}
