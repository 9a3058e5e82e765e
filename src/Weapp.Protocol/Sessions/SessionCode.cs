namespace Weapp.Protocol.Sessions;

/// <summary>The <c>returnCode</c> of a session server's answer (protocol section 3).</summary>
public static class SessionCode
{
    /// <summary>0: success.</summary>
    public const int Ok = 0;

    /// <summary>1001: the session store cannot be reached.</summary>
    public const int StoreError = 1001;

    /// <summary>1002: the request has no <c>interfaceName</c>.</summary>
    public const int NoInterfaceName = 1002;

    /// <summary>1003: a parameter is missing.</summary>
    public const int MissingParameter = 1003;

    /// <summary>1005: WeChat cannot be reached.</summary>
    public const int WeChatUnreachable = 1005;

    /// <summary>1006: the session could not be stored.</summary>
    public const int SessionNotStored = 1006;

    /// <summary>1007: WeChat's answer cannot be used.</summary>
    public const int WeChatAnswerUnusable = 1007;

    /// <summary>1008: the time of the last visit could not be stored.</summary>
    public const int VisitNotStored = 1008;

    /// <summary>1009: the request is no JSON.</summary>
    public const int NotJson = 1009;

    /// <summary>1010: an <c>interfaceName</c> that is not known.</summary>
    public const int UnknownInterface = 1010;

    /// <summary>1011: the request has no <c>para</c>.</summary>
    public const int NoParameters = 1011;

    /// <summary>1012: the app id is not configured.</summary>
    public const int NoAppId = 1012;

    /// <summary>40029: WeChat refused the code.</summary>
    public const int CodeRefused = 40029;

    /// <summary>60011: the session has expired.</summary>
    public const int SessionExpired = 60011;

    /// <summary>60012: there is no such session.</summary>
    public const int SessionFailed = 60012;

    /// <summary>60021: the encrypted data cannot be decrypted, or is not what it says it is.</summary>
    public const int DecryptFailed = 60021;
}
