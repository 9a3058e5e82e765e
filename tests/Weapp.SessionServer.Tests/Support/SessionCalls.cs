using System.Net;
using System.Text;
using System.Text.Json;
using Weapp.TestKit;

namespace Weapp.SessionServer.Tests.Support;

/// <summary>Calls of an app to a session server, as bytes on the wire.</summary>
internal static class SessionCalls
{
    public static Task<PhoneAnswer> LoginAsync(TestServer server, string code, string? encryptedData = null, string? iv = null) =>
        CallAsync(server, "qcloud.cam.id_skey", new() { ["code"] = code, ["encrypt_data"] = encryptedData, ["iv"] = iv });

    public static Task<PhoneAnswer> LoginAsync(TestServer server, WeChatLogin login)
    {
        server.Secret(login.Code, login.EncryptedData, login.Iv);
        return LoginAsync(server, login.Code, login.EncryptedData, login.Iv);
    }

    public static Task<PhoneAnswer> CheckAsync(TestServer server, string? id, string skey) =>
        CallAsync(server, "qcloud.cam.auth", new() { ["id"] = id, ["skey"] = skey });

    public static Task<PhoneAnswer> LogoutAsync(TestServer server, string? id, string skey) =>
        CallAsync(server, "weapp.logout", new() { ["id"] = id, ["skey"] = skey });

    public static Task<PhoneAnswer> DecryptAsync(TestServer server, PhoneSession session, string encryptedData, string iv) =>
        CallAsync(server, "qcloud.cam.decrypt", new() { ["id"] = session.Id, ["skey"] = session.Skey, ["encrypt_data"] = encryptedData, ["iv"] = iv });

    /// <summary>Logs in with the simulated WeChat.</summary>
    public static async Task<PhoneSession> LogInAsync(TestServer server, string nickName)
    {
        var login = await Phone.AskWeChatAsync(server, nickName);
        var session = (await LoginAsync(server, login)).Session();
        server.Secret(session.Skey);
        return session;
    }

    public static async Task<PhoneAnswer> PostAsync(TestServer server, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await server.Client.PostAsync("/mina_auth/", content, TestContext.Current.CancellationToken);
        return new PhoneAnswer(response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    public static int Code(this PhoneAnswer answer)
    {
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        return answer.Json.GetProperty("returnCode").GetInt32();
    }

    public static UserInfo User(this PhoneAnswer answer) =>
        answer.Json.GetProperty("returnData").GetProperty("user_info").Deserialize<UserInfo>()!;

    public static PhoneSession Session(this PhoneAnswer answer)
    {
        Assert.Equal(0, answer.Code());
        var data = answer.Json.GetProperty("returnData");
        return new PhoneSession(data.GetProperty("id").GetString()!, data.GetProperty("skey").GetString()!);
    }

    public static Task<PhoneAnswer> CallAsync(TestServer server, string interfaceName, Dictionary<string, string?> para)
    {
        var present = para.Where(static member => member.Value is not null).ToDictionary();
        return PostAsync(server, JsonSerializer.Serialize(new Dictionary<string, object>
        {
            ["version"] = 1,
            ["componentName"] = "MA",
            ["interface"] = new Dictionary<string, object> { ["interfaceName"] = interfaceName, ["para"] = present },
        }));
    }
}
