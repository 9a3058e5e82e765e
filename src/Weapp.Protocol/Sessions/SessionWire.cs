namespace Weapp.Protocol.Sessions;

/// <summary>The interface names of protocol section 3.</summary>
internal static class SessionWire
{
    public const string Login = "qcloud.cam.id_skey";
    public const string Check = "qcloud.cam.auth";
    public const string Decrypt = "qcloud.cam.decrypt";

    /// <summary>Ours: ends a session.</summary>
    public const string Logout = "weapp.logout";
}
