using Weapp.Protocol.Sessions;

namespace Weapp.SessionServer.Sessions;

/// <summary>Refusals, and the <c>returnMessage</c> of each (protocol section 3).</summary>
internal static class SessionMessage
{
    public static string Of(int code) => code switch
    {
        SessionCode.StoreError => "MYSQL_ERR",
        SessionCode.NoInterfaceName => "NO_INTERFACENAME_PARA",
        SessionCode.MissingParameter => "PARA_ERR",
        SessionCode.WeChatUnreachable => "WEIXIN_NET_ERR",
        SessionCode.SessionNotStored => "CHANGE_SESSION_ERR",
        SessionCode.WeChatAnswerUnusable => "WEIXIN_RETURN_ERR",
        SessionCode.VisitNotStored => "CHANGE_LAST_VISIT_TIME_ERR",
        SessionCode.NotJson => "REQUEST_IS_NOT_JSON",
        SessionCode.UnknownInterface => "INTERFACENAME_PARA_ERR",
        SessionCode.NoParameters => "NO_PARA",
        SessionCode.NoAppId => "NO_APPID",
        SessionCode.CodeRefused => "WEIXIN_CODE_ERR",
        SessionCode.SessionExpired => "SKEY_EXPIRED",
        SessionCode.SessionFailed => "AUTH_FAIL",
        SessionCode.DecryptFailed => "DECRYPT_FAIL",
        _ => "ERROR",
    };

    /// <summary>A refusal.</summary>
    public static SessionAnswer<T> Refuse<T>(int code)
        where T : class => new(code, Of(code), null);
}
