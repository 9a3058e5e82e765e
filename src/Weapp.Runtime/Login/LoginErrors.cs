namespace Weapp;

/// <summary>What the mini program client is told in <c>error</c>, and acts on (protocol section 2).</summary>
public static class LoginErrors
{
    /// <summary>A needed header is missing, or no header that a client would send.</summary>
    public const string InvalidRequest = "ERR_INVALID_REQUEST";

    /// <summary>Login: the session server refused or failed.</summary>
    public const string LoginFailed = "ERR_LOGIN_FAILED";

    /// <summary>Check: there is no such session, or it has expired. The client logs in again and repeats its request once.</summary>
    public const string InvalidSession = "ERR_INVALID_SESSION";

    /// <summary>Check: the session server failed, which says nothing about the session.</summary>
    public const string CheckLoginFailed = "ERR_CHECK_LOGIN_FAILED";

    /// <summary>Logout: the session server failed, or cannot end sessions; the session lives on.</summary>
    public const string LogoutFailed = "ERR_LOGOUT_FAILED";
}
