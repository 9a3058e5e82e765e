using Microsoft.AspNetCore.WebUtilities;
using Weapp.Protocol.Text;

namespace Weapp.SessionServer.WeChat;

/// <summary>WeChat's HTTP interface in front of the simulated WeChat: the session server calls it as it calls the real one.</summary>
internal sealed class DevelopmentWeChatApi(DevelopmentWeChat weChat)
{
    private const string InvalidCode = """{"errcode":40029,"errmsg":"invalid code"}""";
    private const string InvalidToken = """{"errcode":40001,"errmsg":"invalid credential"}""";
    private const string InvalidSignature = """{"errcode":87009,"errmsg":"invalid signature"}""";

    /// <summary>The answer to a call; null for one that WeChat does not have.</summary>
    /// <param name="path">What is called, without a leading slash.</param>
    /// <param name="query">The parameters.</param>
    /// <param name="body">The body of a POST.</param>
    public string? Answer(string path, string? query, ReadOnlyMemory<byte> body)
    {
        var parameters = QueryHelpers.ParseQuery(query);
        return path switch
        {
            "sns/jscode2session" => Exchange(Parameter("appid"), Parameter("js_code")),
            "cgi-bin/stable_token" => Token(body),
            "wxa/checksession" => Signed(static (_, _, _) => """{"errcode":0,"errmsg":"ok"}"""),
            "wxa/resetusersessionkey" => Signed(static (weChat, appId, openId) =>
                $$"""{"errcode":0,"errmsg":"ok","openid":"{{openId}}","session_key":"{{Convert.ToBase64String(weChat.ResetKey(appId, openId))}}"}"""),
            _ => null,
        };

        string Parameter(string name) => parameters.TryGetValue(name, out var value) ? value.ToString() : "";

        string Signed(Func<DevelopmentWeChat, string, string, string> answer)
        {
            if (!weChat.IsToken(Parameter("access_token")))
                return InvalidToken;
            var openId = Parameter("openid");
            return weChat.FindKey(Parameter("access_token"), openId, Parameter("signature"), out var appId) is null
                ? InvalidSignature
                : answer(weChat, appId, openId);
        }
    }

    private string Exchange(string appId, string code) =>
        weChat.Exchange(appId, code) is { } session
            ? $$"""{"session_key":"{{Convert.ToBase64String(session.Key)}}","openid":"{{session.OpenId}}"}"""
            : InvalidCode;

    private string Token(ReadOnlyMemory<byte> body)
    {
        if (!StrictDocument.TryParse(body, out var document))
            return """{"errcode":47001,"errmsg":"data format error"}""";
        using (document)
        {
            return document.RootElement.Text("appid"u8) is { } appId
                ? $$"""{"access_token":"{{weChat.Token(appId)}}","expires_in":7200}"""
                : """{"errcode":40013,"errmsg":"invalid appid"}""";
        }
    }
}

/// <summary>Takes the calls to WeChat where it is simulated, without a network.</summary>
internal sealed class DevelopmentWeChatHandler(DevelopmentWeChatApi api) : HttpMessageHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = request.Content is null ? [] : await request.Content.ReadAsByteArrayAsync(cancellationToken);
        return api.Answer(request.RequestUri!.AbsolutePath.TrimStart('/'), request.RequestUri.Query, body) is { } answer
            ? new HttpResponseMessage { Content = new StringContent(answer) }
            : new HttpResponseMessage(System.Net.HttpStatusCode.NotFound);
    }
}
