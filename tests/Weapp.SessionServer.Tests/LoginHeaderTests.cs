using System.Net;
using System.Net.Sockets;
using System.Text;
using Weapp.SessionServer.Tests.Support;
using Weapp.TestKit;

namespace Weapp.SessionServer.Tests;

/// <summary>Headers that a phone would not send: refused before the session server is asked.</summary>
public sealed class LoginHeaderTests : IAsyncLifetime
{
    private const string Magic = "\"F2C224D4-2BCE-4C64-AF9F-A6D872000D1A\":1";

    private FakePeer _sessionServer = null!;
    private TestServer _app = null!;

    public static TheoryData<string, string> BadLogins => new()
    {
        { "", "" },
        { "X-WX-Code:", "" },
        { "X-WX-Encrypted-Data:AAAAAAAAAAAAAAAAAAAAAA==", "X-WX-IV:AAAAAAAAAAAAAAAAAAAAAA==" },
        { "X-WX-Code:c", "X-WX-Encrypted-Data:AAAAAAAAAAAAAAAAAAAAAA==" },
        { "X-WX-Code:c", "X-WX-IV:AAAAAAAAAAAAAAAAAAAAAA==" },
        { "X-WX-Code:c", "X-WX-Code:c" },
        { "X-WX-Code:c,d", "" },
        { "X-WX-Code:c&appid=evil", "" },
        { "X-WX-Code:c#d", "" },
        { "X-WX-Code:c d", "" },
        { "X-WX-Code:" + new string('c', 129), "" },
    };

    public static TheoryData<string, string> BadProfiles => new()
    {
        { "AAAA", "AAAAAAAAAAAAAAAAAAAAAA==" },
        { "not-base64!", "AAAAAAAAAAAAAAAAAAAAAA==" },
        { new string('A', 20_000), "AAAAAAAAAAAAAAAAAAAAAA==" },
        { "AAAAAAAAAAAAAAAAAAAAAA==", "AAAA" },
        { "AAAAAAAAAAAAAAAAAAAAAA==", "AAAAAAAAAAAAAAAAAAAAAAAA" },
    };

    public async ValueTask InitializeAsync()
    {
        _sessionServer = await FakePeer.StartAsync("""{"returnCode":60012}""");
        _app = await Apps.RemoteAsync(_sessionServer.Address);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await _sessionServer.DisposeAsync();
    }

    [Theory]
    [MemberData(nameof(BadLogins))]
    public async Task A_login_with_bad_headers_asks_nobody(string first, string second)
    {
        var answer = await Phone.GetAsync(_app, "/login", Headers(first, second));

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Contains(Magic, answer.Text, StringComparison.Ordinal);
        Assert.Equal("ERR_INVALID_REQUEST", answer.Error);
        Assert.Empty(_sessionServer.Requests);
    }

    [Theory]
    [MemberData(nameof(BadProfiles))]
    public async Task A_login_with_a_profile_that_can_be_none_asks_nobody(string data, string iv)
    {
        var answer = await Phone.GetAsync(_app, "/login", ("X-WX-Code", "c"), ("X-WX-Encrypted-Data", data), ("X-WX-IV", iv));

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal("ERR_INVALID_REQUEST", answer.Error);
        Assert.Empty(_sessionServer.Requests);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("X-WX-Skey:", "")]
    [InlineData("X-WX-Id:i", "")]
    public async Task A_check_without_skey_is_challenged(string first, string second)
    {
        var answer = await Phone.GetAsync(_app, "/user", Headers(first, second));

        Assert.Equal(HttpStatusCode.Unauthorized, answer.Status);
        Assert.Contains(Magic, answer.Text, StringComparison.Ordinal);
        Assert.Equal("ERR_INVALID_REQUEST", answer.Error);
        Assert.Empty(_sessionServer.Requests);
    }

    [Theory]
    [InlineData("X-WX-Skey:a", "X-WX-Skey:b")]
    [InlineData("X-WX-Skey:a", "X-WX-Skey:a")]
    [InlineData("X-WX-Skey:a,b", "")]
    [InlineData("X-WX-Skey:a b", "")]
    [InlineData("X-WX-Skey:a", "X-WX-Id:i,j")]
    [InlineData("X-WX-Skey:a", "X-WX-Id:\u007f")]
    public async Task A_check_with_bad_headers_asks_nobody(string first, string second)
    {
        var answer = await Phone.GetAsync(_app, "/user", Headers(first, second));

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal("ERR_INVALID_REQUEST", answer.Error);
        Assert.Empty(_sessionServer.Requests);
    }

    [Theory]
    [InlineData("/user", "X-WX-Skey: a", "X-WX-Skey: b")]
    [InlineData("/user", "X-WX-Skey: a", "X-WX-Skey: a")]
    [InlineData("/user", "X-WX-Skey: a", "x-wx-skey: b")]
    [InlineData("/login", "X-WX-Code: a", "X-WX-Code: b")]
    public async Task Headers_that_come_twice_on_the_wire_ask_nobody(string path, string first, string second)
    {
        // A client of .NET would join them.
        using var client = new TcpClient();
        await client.ConnectAsync(_app.Address.Host, _app.Address.Port, TestContext.Current.CancellationToken);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: app\r\n{first}\r\n{second}\r\nConnection: close\r\n\r\n"), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(stream);
        var answer = await reader.ReadToEndAsync(TestContext.Current.CancellationToken);

        Assert.StartsWith("HTTP/1.1 400", answer, StringComparison.Ordinal);
        Assert.Contains("ERR_INVALID_REQUEST", answer, StringComparison.Ordinal);
        Assert.Empty(_sessionServer.Requests);
    }

    [Fact]
    public async Task A_skey_of_eight_kilobytes_asks_nobody()
    {
        Assert.Equal(HttpStatusCode.BadRequest, (await Phone.GetAsync(_app, "/user", ("X-WX-Skey", new string('s', 8192)))).Status);
        Assert.Empty(_sessionServer.Requests);
    }

    [Fact]
    public async Task A_skey_beyond_ASCII_asks_nobody()
    {
        using var handler = new SocketsHttpHandler { RequestHeaderEncodingSelector = static (_, _) => Encoding.UTF8 };
        using var client = new HttpClient(handler);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_app.Address, "/user"));
        request.Headers.TryAddWithoutValidation("X-WX-Skey", "三木");

        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("ERR_INVALID_REQUEST", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Empty(_sessionServer.Requests);
    }

    [Fact]
    public async Task Good_headers_are_asked_about_once_in_a_request()
    {
        // The middleware authenticates, authorization challenges: two who want to know.
        Assert.Equal("ERR_INVALID_SESSION", (await Phone.GetAsync(_app, "/user", ("X-WX-Id", "i"), ("X-WX-Skey", "s"))).Error);

        Assert.Equal(
            """/{"version":1,"componentName":"MA","interface":{"interfaceName":"qcloud.cam.auth","para":{"id":"i","skey":"s"}}}""",
            Assert.Single(_sessionServer.Requests));
    }

    private static (string, string)[] Headers(params string[] lines) =>
        [.. lines.Where(static line => line.Length > 0).Select(static line => (line[..line.IndexOf(':', StringComparison.Ordinal)], line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..]))];
}
