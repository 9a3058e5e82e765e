using System.IO.Compression;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Weapp.SessionServer.Tests.Support;
using Weapp.TestKit;

namespace Weapp.SessionServer.Tests;

/// <summary>What a phone gets when the session server's answer is hostile: its own failure for it, and never a session or an identity.</summary>
public sealed class SessionAnswerTests
{
    private const string GoodCheck = """{"returnCode":0,"returnData":{"user_info":{"openId":"o"}}}""";

    public static TheoryData<int, string> NoAnswers => new()
    {
        { 404, "<html>" },
        { 500, "<html>" },
        { 201, GoodCheck },
        { 200, "[]" },
        { 200, """{"returnCode":null,"returnData":{"id":"i","skey":"s","user_info":{"openId":"o"}}}""" },
        { 200, """{"returnCode":true,"returnData":{"id":"i","skey":"s","user_info":{"openId":"o"}}}""" },
        { 200, """{"returnCode":"0","returnData":{"id":"i","skey":"s","user_info":{"openId":"o"}}}""" },
        { 200, """{"returnCode":0.0,"returnData":{"id":"i","skey":"s","user_info":{"openId":"o"}}}""" },
        { 200, """{"returnCode":1E0,"returnData":{"id":"i","skey":"s","user_info":{"openId":"o"}}}""" },
        { 200, """{"returnCode":1099511627776,"returnData":{"id":"i","skey":"s","user_info":{"openId":"o"}}}""" },
        { 200, """{"returnCode":0,"returnData":null}""" },
        { 200, """{"returnCode":0,"returnData":[]}""" },
        { 200, """{"returnCode":0,"returnData":{"id":"i","skey":"s","user_info":{"openId":"o","gender":1e999}}}""" },
        { 200, """{"returnCode":0,"returnData":{"id":"i","skey":"s","user_info":{"openId":"o","gender":99999999999}}}""" },
        { 200, """{"returnCode":0,"returnCode":60012,"returnData":{"id":"i","skey":"s","user_info":{"openId":"o"}}}""" },
        { 200, """{"returnCode":60012,"returnCode":0,"returnData":{"id":"i","skey":"s","user_info":{"openId":"o"}}}""" },
        { 200, """{"returnCode":0,"returnData":{"id":"i","skey":"s","user_info":{"openId":"\ud800"}}}""" },
        { 200, """{"returnCode":0,"returnData":{"id":"i","skey":"s","user_info":{"openId":"o","x":""" + new string('[', 100) + new string(']', 100) + "}}}" },
    };

    [Theory]
    [MemberData(nameof(NoAnswers))]
    public async Task What_is_no_answer_logs_nobody_in_and_is_not_the_phones_fault(int status, string body)
    {
        await using var peer = await FakePeer.StartAsync(body, status);
        await using var app = await Apps.RemoteAsync(peer.Address);

        var check = await Phone.GetAsync(app, "/user", ("X-WX-Skey", "s"));
        var login = await Phone.GetAsync(app, "/login", ("X-WX-Code", "c"));

        Assert.Equal((HttpStatusCode.BadGateway, "ERR_CHECK_LOGIN_FAILED"), (check.Status, check.Error));
        Assert.Equal((HttpStatusCode.BadGateway, "ERR_LOGIN_FAILED"), (login.Status, login.Error));
        Assert.DoesNotContain("skey", login.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"skey":"s","user_info":{}}""")]
    [InlineData("""{"id":null,"skey":"s","user_info":{}}""")]
    [InlineData("""{"id":7,"skey":"s","user_info":{}}""")]
    [InlineData("""{"id":"","skey":"s","user_info":{}}""")]
    [InlineData("""{"id":"i","skey":"a\r\nSet-Cookie: x","user_info":{}}""")]
    [InlineData("""{"id":"0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567","skey":"s","user_info":{}}""")]
    public async Task A_login_answer_without_usable_keys_gives_no_session(string data)
    {
        await using var peer = await FakePeer.StartAsync($$"""{"returnCode":0,"returnData":{{data}}}""");
        await using var app = await Apps.RemoteAsync(peer.Address);

        var login = await Phone.GetAsync(app, "/login", ("X-WX-Code", "c"));

        Assert.Equal((HttpStatusCode.BadGateway, "ERR_LOGIN_FAILED"), (login.Status, login.Error));
    }

    [Theory]
    [InlineData("null", "")]
    [InlineData("""{"openId":"o","gender":"1"}""", "o")]
    [InlineData(""" "{\"openId\":\"o\",\"gender\":1}" """, "o")]
    public async Task A_login_without_a_profile_or_with_one_in_text_is_a_login(string user, string openId)
    {
        await using var peer = await FakePeer.StartAsync("""{"returnCode":0,"returnData":{"id":"i","skey":"s","user_info":""" + user + "}}");
        await using var app = await Apps.RemoteAsync(peer.Address);

        var login = await Phone.GetAsync(app, "/login", ("X-WX-Code", "c"));

        Assert.Equal("s", login.Json.GetProperty("session").GetProperty("skey").GetString());
        Assert.Equal(openId, login.Json.GetProperty("data").GetProperty("userinfo").GetProperty("openId").GetString());
    }

    [Fact]
    public async Task A_nickname_reaches_the_phone_unchanged()
    {
        var nickName = "👩‍👩‍👧\0\u202E<b>\u001b[31m\"\\" + new string('木', 1300);
        await using var peer = await FakePeer.StartAsync("""{"returnCode":0,"returnData":{"user_info":{"openId":"o","nickName":""" + JsonSerializer.Serialize(nickName) + "}}}");
        await using var app = await Apps.RemoteAsync(peer.Address);

        var answer = await Phone.GetAsync(app, "/user", ("X-WX-Skey", "s"));

        Assert.Equal(nickName, answer.Json.GetProperty("nickName").GetString());
    }

    [Theory]
    [InlineData(302)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task Nobody_but_the_configured_server_gets_a_code(int status)
    {
        await using var elsewhere = await FakePeer.StartAsync(GoodCheck);
        await using var peer = await FakePeer.StartAsync(context =>
        {
            context.Response.StatusCode = status;
            context.Response.Headers.Location = elsewhere.Address.ToString();
            return Task.CompletedTask;
        });
        await using var app = await Apps.RemoteAsync(peer.Address);

        Assert.Equal(HttpStatusCode.BadGateway, (await Phone.GetAsync(app, "/login", ("X-WX-Code", "c"))).Status);
        Assert.Empty(elsewhere.Requests);
    }

    [Fact]
    public async Task A_compressed_answer_is_not_unpacked()
    {
        using var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
            await gzip.WriteAsync(Encoding.UTF8.GetBytes(GoodCheck + new string(' ', 10_000_000)), TestContext.Current.CancellationToken);
        await using var peer = await FakePeer.StartAsync(async context =>
        {
            context.Response.Headers.ContentEncoding = "gzip";
            await context.Response.Body.WriteAsync(packed.ToArray());
        });
        await using var app = await Apps.RemoteAsync(peer.Address);

        Assert.Equal("ERR_CHECK_LOGIN_FAILED", (await Phone.GetAsync(app, "/user", ("X-WX-Skey", "s"))).Error);
    }

    [Fact]
    public async Task A_server_whose_certificate_nobody_vouches_for_is_not_asked()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, new DateTimeOffset(2100, 1, 1, 0, 0, 0, TimeSpan.Zero));
        var asked = 0;
        await using var peer = await TestServer.StartAsync(
            builder => builder.WebHost.ConfigureKestrel(options => options.ConfigureHttpsDefaults(https => https.ServerCertificate = certificate)).UseUrls("https://127.0.0.1:0"),
            app => app.Run(_ =>
            {
                Interlocked.Increment(ref asked);
                return Task.CompletedTask;
            }));
        await using var app = await Apps.RemoteAsync(peer.Address);

        Assert.Equal("ERR_CHECK_LOGIN_FAILED", (await Phone.GetAsync(app, "/user", ("X-WX-Skey", "s"))).Error);
        Assert.Equal(0, asked);
    }

    [Fact]
    public async Task A_server_that_speaks_no_TLS_on_its_secure_address_is_not_asked()
    {
        await using var peer = await FakePeer.StartAsync(GoodCheck);
        await using var app = await Apps.RemoteAsync(new UriBuilder(peer.Address) { Scheme = "https" }.Uri);

        Assert.Equal("ERR_CHECK_LOGIN_FAILED", (await Phone.GetAsync(app, "/user", ("X-WX-Skey", "s"))).Error);
        Assert.Empty(peer.Requests);
    }
}
