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
}

/// <summary>What a phone sends to log in.</summary>
/// <param name="Code">The code of <c>wx.login</c>: used once, valid for five minutes.</param>
/// <param name="EncryptedData">The encrypted profile, or null for a code-only login.</param>
/// <param name="Iv">The initial vector that belongs to <paramref name="EncryptedData"/>.</param>
public sealed record SessionLoginRequest(string Code, string? EncryptedData, string? Iv);

/// <summary>A new session.</summary>
/// <param name="Id">The session's id.</param>
/// <param name="Skey">The session's secret: belongs in no log.</param>
/// <param name="UserInfo">The user.</param>
public sealed record SessionGrant(string Id, string Skey, UserInfo UserInfo);

/// <summary>An answer of a session server.</summary>
/// <typeparam name="T">What a successful answer carries.</typeparam>
/// <param name="Code">The <c>returnCode</c>: 0 for success, or a member of <see cref="SessionCode"/>.</param>
/// <param name="Message">The <c>returnMessage</c>.</param>
/// <param name="Value">What was asked for; null unless <paramref name="Code"/> is 0.</param>
public readonly record struct SessionAnswer<T>(int Code, string Message, T? Value)
    where T : class;
