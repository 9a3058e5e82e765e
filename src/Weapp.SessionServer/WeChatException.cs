using Weapp.Protocol.Sessions;
using Weapp.SessionServer.WeChat;

namespace Weapp.SessionServer;

/// <summary>WeChat did not do what it was asked for.</summary>
public sealed class WeChatException : Exception
{
    private WeChatException(string message, int? errcode)
        : base(message) => Errcode = errcode;

    /// <summary>WeChat's <c>errcode</c>; null where it could not be reached or its answer not be used.</summary>
    public int? Errcode { get; }

    internal static WeChatException Of(WeChatReply reply) => reply switch
    {
        { Code: SessionCode.WeChatUnreachable } => new WeChatException("WeChat cannot be reached: try again later.", null),
        { Code: SessionCode.Ok, Errcode: not 0 } => new WeChatException($"WeChat refused the call: errcode {reply.Errcode}.", reply.Errcode),
        _ => new WeChatException("WeChat's answer cannot be used.", null),
    };
}
