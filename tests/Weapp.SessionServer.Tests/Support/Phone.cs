using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Weapp.TestKit;

namespace Weapp.SessionServer.Tests.Support;

/// <summary>What <c>wx.login</c> and <c>wx.getUserInfo</c> gave a phone.</summary>
internal sealed record WeChatLogin(string Code, string EncryptedData, string Iv, string RawData, string Signature, UserInfo UserInfo);

/// <summary>A session as the phone keeps it.</summary>
internal sealed record PhoneSession(string Id, string Skey);

/// <summary>An HTTP answer, read to its end.</summary>
internal sealed record PhoneAnswer(HttpStatusCode Status, string Text)
{
    public JsonElement Json => JsonElement.Parse(Text);

    public string? Error => Json.GetProperty("error").GetString();
}

/// <summary>What a mini program sends.</summary>
internal static class Phone
{
    public static async Task<WeChatLogin> AskWeChatAsync(TestServer weChat, string nickName, string? appId = null) =>
        (await weChat.Client.GetFromJsonAsync<WeChatLogin>($"/dev/wechat/login?nickname={Uri.EscapeDataString(nickName)}{(appId is null ? "" : $"&appid={appId}")}", TestContext.Current.CancellationToken))!;

    public static Task<PhoneAnswer> LoginAsync(TestServer app, WeChatLogin login)
    {
        app.Secret(login.Code, login.EncryptedData, login.Iv);
        return GetAsync(app, "/login", ("X-WX-Code", login.Code), ("X-WX-Encrypted-Data", login.EncryptedData), ("X-WX-IV", login.Iv));
    }

    public static async Task<PhoneSession> LogInAsync(TestServer app, TestServer weChat, string nickName)
    {
        var login = await AskWeChatAsync(weChat, nickName);
        var answer = await LoginAsync(app, login);
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        var session = answer.Json.GetProperty("session");
        var (id, skey) = (session.GetProperty("id").GetString()!, session.GetProperty("skey").GetString()!);
        app.Secret(skey);
        weChat.Secret(skey, login.Code, login.EncryptedData, login.Iv);
        return new PhoneSession(id, skey);
    }

    public static Task<PhoneAnswer> GetAsync(TestServer app, string path, PhoneSession session) =>
        GetAsync(app, path, ("X-WX-Id", session.Id), ("X-WX-Skey", session.Skey));

    public static Task<PhoneAnswer> GetAsync(TestServer app, string path, params (string Name, string Value)[] headers) => SendAsync(app, HttpMethod.Get, path, headers);

    public static Task<PhoneAnswer> PostAsync(TestServer app, string path, PhoneSession session) =>
        SendAsync(app, HttpMethod.Post, path, ("X-WX-Id", session.Id), ("X-WX-Skey", session.Skey));

    public static async Task<PhoneAnswer> SendAsync(TestServer app, HttpMethod method, string path, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        using var response = await app.Client.SendAsync(request, TestContext.Current.CancellationToken);
        return new PhoneAnswer(response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
