using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Weapp.TestKit.Nodes;

namespace Weapp.TunnelServer.Tests.Support;

/// <summary>Calls as the official SDKs write them, made without the code under test.</summary>
public static class SignedCall
{
    public const string Key = "9f338d1f0ecc37d25ac7b161c1d7bf72";

    public static string Sign(string data, string key = Key) => Convert.ToHexStringLower(SHA1.HashData(Encoding.UTF8.GetBytes(data + key)));

#pragma warning disable CA5351 // The protocol names apps by md5.
    public static string TcId(string serverHost) => Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(serverHost)));
#pragma warning restore CA5351

    /// <param name="data">The text to sign.</param>
    /// <param name="dataEncode">Whether to send <c>dataEncode</c>, as the C# and Java SDKs do.</param>
    /// <param name="key">The key.</param>
    /// <param name="serverHost">Whose <c>tcId</c> to send.</param>
    /// <param name="withKey">Whether to send <c>tcKey</c>, as all do with <c>/get/wsurl</c>.</param>
    public static string Body(string data, bool dataEncode = false, string key = Key, string serverHost = "127.0.0.1", bool withKey = false)
    {
        var call = new JsonObject { ["data"] = data };
        if (dataEncode)
            call["dataEncode"] = "json";
        call["tcId"] = TcId(serverHost);
        if (withKey)
            call["tcKey"] = key;
        call["signature"] = Sign(data, key);
        return call.ToJsonString();
    }

    public static string WsUrl(string receiveUrl, bool dataEncode = false, string key = Key, string serverHost = "127.0.0.1", string? protocolType = "ws")
    {
        var data = new JsonObject { ["receiveUrl"] = receiveUrl };
        if (protocolType is not null)
            data["protocolType"] = protocolType;
        return Body(data.ToJsonString(), dataEncode, key, serverHost, withKey: true);
    }

    public static string Push(string[] ids, string content, bool dataEncode = false, string key = Key, string serverHost = "127.0.0.1") =>
        Body(new JsonArray(NodeApp.Packet("message", content, ids)).ToJsonString(), dataEncode, key, serverHost);

    /// <summary>Posts a body and reads the JSON answer.</summary>
    public static async Task<(int Status, JsonElement Body)> PostAsync(this HttpClient client, string path, string body, string mediaType = "application/json")
    {
        using var content = new StringContent(body, Encoding.UTF8);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(mediaType);
        using var response = await client.PostAsync(new Uri(path, UriKind.Relative), content).WaitAsync(Phone.Deadline);
        Assert.Equal("application/json; charset=utf-8", response.Content.Headers.ContentType?.ToString());
        Assert.Equal(["nosniff"], response.Headers.GetValues("X-Content-Type-Options"));
        var text = await response.Content.ReadAsStringAsync();
        if (!response.IsSuccessStatusCode)
            Assert.InRange(text.Length, 1, 1024);
        return ((int)response.StatusCode, JsonElement.Parse(text));
    }
}
