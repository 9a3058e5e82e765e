namespace Weapp.Protocol.Sessions;

/// <summary>What a phone sends to log in.</summary>
/// <param name="Code">The code of <c>wx.login</c>: used once, valid for five minutes.</param>
/// <param name="EncryptedData">The encrypted profile, or null for a code-only login.</param>
/// <param name="Iv">The initial vector that belongs to <paramref name="EncryptedData"/>.</param>
public sealed record SessionLoginRequest(string Code, string? EncryptedData, string? Iv)
{
    /// <summary>The mini program, for a session server of several; null for the server's own.</summary>
    public string? AppId { get; init; }

    /// <summary>Names the type only: the members belong in no log.</summary>
    public override string ToString() => nameof(SessionLoginRequest);
}

/// <summary>Something that WeChat encrypted for a session.</summary>
/// <param name="Id">The session's id; null to find it by <paramref name="Skey"/> alone.</param>
/// <param name="Skey">The session's secret.</param>
/// <param name="EncryptedData">What WeChat encrypted, as base64.</param>
/// <param name="Iv">The initial vector that belongs to <paramref name="EncryptedData"/>, as base64.</param>
public sealed record SessionDecryptRequest(string? Id, string Skey, string EncryptedData, string Iv)
{
    /// <summary>Names the type only: the members belong in no log.</summary>
    public override string ToString() => nameof(SessionDecryptRequest);
}

/// <summary>A new session.</summary>
/// <param name="Id">The session's id.</param>
/// <param name="Skey">The session's secret: belongs in no log.</param>
/// <param name="UserInfo">The user; with an empty <see cref="Weapp.UserInfo.OpenId"/> where the session server named none.</param>
public sealed record SessionGrant(string Id, string Skey, UserInfo UserInfo)
{
    /// <summary>How long the session lives without being used; zero where the session server did not say.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>Names the type only: the members belong in no log.</summary>
    public override string ToString() => nameof(SessionGrant);
}

/// <summary>An answer of a session server.</summary>
/// <typeparam name="T">What a successful answer carries.</typeparam>
/// <param name="Code">The <c>returnCode</c>: 0 for success, or a member of <see cref="SessionCode"/>.</param>
/// <param name="Message">The <c>returnMessage</c>.</param>
/// <param name="Value">What was asked for; null unless <paramref name="Code"/> is 0.</param>
public readonly record struct SessionAnswer<T>(int Code, string Message, T? Value)
    where T : class;
