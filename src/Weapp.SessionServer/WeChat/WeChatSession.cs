namespace Weapp.SessionServer.WeChat;

/// <summary>One of our mini programs.</summary>
internal sealed record MiniProgram(string AppId, string Secret)
{
    public override string ToString() => AppId;
}

/// <summary>What WeChat said to a login code.</summary>
/// <param name="Code">0, or the session protocol's code for the failure.</param>
/// <param name="Session">The user; null unless <paramref name="Code"/> is 0.</param>
internal readonly record struct WeChatAnswer(int Code, WeChatSession? Session);

/// <summary>A user as WeChat knows them.</summary>
/// <param name="OpenId">The user's id within the mini program.</param>
/// <param name="UnionId">The user's id across mini programs, where there is one.</param>
/// <param name="Key">The 16 bytes of the <c>session_key</c>; they never leave the session server.</param>
internal sealed record WeChatSession(string OpenId, string? UnionId, byte[] Key)
{
    public override string ToString() => nameof(WeChatSession);
}
