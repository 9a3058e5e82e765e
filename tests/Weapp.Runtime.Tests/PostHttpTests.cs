using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Weapp.Protocol.Packets;
using Weapp.Runtime.Tests.Support;

namespace Weapp.Runtime.Tests;

/// <summary>Events in requests that are too long, too slow, cut short, of another kind, or no HTTP: one clear answer each, no handler, and the app goes on.</summary>
public sealed class PostHttpTests
{
    private const string Connect = """{"tunnelId":"t1","type":"connect"}""";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_over_the_limit_is_refused_and_one_at_the_limit_is_not(bool announced)
    {
        const int Limit = 4096;
        await using var app = await ChatApp.StartAsync<RecordingHandler>(static options => options.MaxEventBytes = Limit);
        var body = await SignedEvent.Data(Connect).ReadAsByteArrayAsync(TestContext.Current.CancellationToken);

        HttpContent Padded(int length)
        {
            byte[] padded = [.. body, .. Enumerable.Repeat((byte)' ', length - body.Length)];
            return announced ? SignedEvent.Raw(padded) : new UnannouncedContent(padded);
        }

        Assert.Equal(ChatApp.Ok, (await app.PostAsync(Padded(Limit))).Text);
        Assert.Equal(["connect t1 nobody"], app.Journal.All);
        await app.AssertRefusedAsync(Padded(Limit + 1), "413 9005");
        await app.AssertRefusedAsync(Padded(20 * Limit), "413 9005");
    }

    [Fact]
    public async Task A_body_without_end_is_answered_at_the_limit()
    {
        await using var app = await ChatApp.StartAsync<RecordingHandler>(static options => options.MaxEventBytes = 4096);
        var chunks = new StringBuilder();
        for (var i = 0; i < 64; i++)
            chunks.Append(CultureInfo.InvariantCulture, $"400\r\n{new string(' ', 0x400)}\r\n");

        var answer = await RawHttp.SendAsync(
            app.Server,
            "POST /tunnel HTTP/1.1\r\nHost: app\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked",
            Encoding.ASCII.GetBytes(chunks.ToString()),
            until: "}");

        Assert.StartsWith("HTTP/1.1 413", answer, StringComparison.Ordinal);
        Assert.Contains("9005", answer, StringComparison.Ordinal);
        await app.AssertServingAsync();
    }

    [Theory]
    [InlineData("Content-Length: 100000000000000000000")]
    [InlineData("Content-Length: -1")]
    [InlineData("Content-Length: 5\r\nContent-Length: 6")]
    public async Task A_length_that_is_none_is_a_bad_request(string header)
    {
        await using var app = await ChatApp.StartAsync<RecordingHandler>();

        Assert.StartsWith("HTTP/1.1 400", await RawHttp.SendAsync(app.Server, $"POST /tunnel HTTP/1.1\r\nHost: app\r\n{header}", default), StringComparison.Ordinal);
        await app.AssertServingAsync();
    }

    [Theory]
    [InlineData("POST /tunnel HTTP/1.1\r\nHost: app\r\nTransfer-Encoding: chunked", "5\r\n{\"dat\r\nzz\r\n", 400)]
    [InlineData("POST /tunnel HTTP/1.1\r\nHost: app\r\nTransfer-Encoding: chunked", "5;a=b\n{\"dat\r\n0\r\n\r\n", 400)]
    [InlineData("POST /tunnel HTTP/1.1\r\nHost: app\r\nTransfer-Encoding: chunked", "-1\r\n", 400)]
    [InlineData("POST /tunnel HTTP/1.1\r\nHost: app\r\nTransfer-Encoding: gzip", "", 400)]
    [InlineData("POST /tunnel HTTP/1.1\r\nContent-Length: 0", "", 400)]
    [InlineData("POST /tunnel HTTP/1.1\r\nHost: app\r\n{headers}", "", 431)]
    [InlineData("POST /tunnel?{long} HTTP/1.1\r\nHost: app", "", 414)]
    public async Task A_request_that_is_no_HTTP_reaches_nobody_and_is_no_error(string head, string body, int status)
    {
        await using var app = await ChatApp.StartAsync<RecordingHandler>();
        head = head
            .Replace("{headers}", string.Join("\r\n", Enumerable.Range(0, 101).Select(static i => $"x-{i}: 1")), StringComparison.Ordinal)
            .Replace("{long}", new string('x', 9 * 1024), StringComparison.Ordinal);

        Assert.StartsWith($"HTTP/1.1 {status} ", await RawHttp.SendAsync(app.Server, head, Encoding.ASCII.GetBytes(body)), StringComparison.Ordinal);
        Assert.Empty(app.Journal.All);
        await app.AssertServingAsync();
    }

    [Fact]
    public async Task Of_two_lengths_the_chunks_count_and_the_connection_ends()
    {
        await using var app = await ChatApp.StartAsync<RecordingHandler>();
        var body = await SignedEvent.Data(Connect).ReadAsStringAsync(TestContext.Current.CancellationToken);

        var answer = await RawHttp.SendAsync(
            app.Server,
            "POST /tunnel HTTP/1.1\r\nHost: app\r\nContent-Length: 5\r\nTransfer-Encoding: chunked",
            Encoding.ASCII.GetBytes($"{body.Length:x}\r\n{body}\r\n0\r\n\r\nPOST /tunnel HTTP/1.1\r\nHost: app\r\nContent-Length: {body.Length}\r\n\r\n{body}"));

        Assert.StartsWith("HTTP/1.1 200", answer, StringComparison.Ordinal);
        Assert.Contains("\r\nConnection: close\r\n", answer, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(["connect t1 nobody"], app.Journal.All);
    }

    [Fact]
    public async Task A_body_that_drips_is_408_and_no_error()
    {
        await using var app = await ChatApp.StartAsync<RecordingHandler>(configure: static builder =>
            builder.WebHost.ConfigureKestrel(static kestrel => kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(240, TimeSpan.FromSeconds(1.1))));

        var answer = await RawHttp.SendAsync(app.Server, "POST /tunnel HTTP/1.1\r\nHost: app\r\nContent-Length: 500", "{"u8.ToArray());

        Assert.StartsWith("HTTP/1.1 408", answer, StringComparison.Ordinal);
        Assert.Contains("""{"code":9001,"message":"Bad request - request data came too slowly"}""", answer, StringComparison.Ordinal);
        Assert.Empty(app.Journal.All);
        await app.AssertServingAsync();
    }

    [Theory]
    [InlineData("Content-Length: 500")]
    [InlineData("Transfer-Encoding: chunked")]
    public async Task A_body_that_breaks_off_reaches_nobody_and_is_no_error(string header)
    {
        await using var app = await ChatApp.StartAsync<RecordingHandler>();

        await RawHttp.SendAsync(app.Server, $"POST /tunnel HTTP/1.1\r\nHost: app\r\n{header}", "5\r\n{\"dat"u8.ToArray(), thenFinish: true);

        Assert.Empty(app.Journal.All);
        await app.AssertServingAsync();
    }

    [Fact]
    public async Task A_connection_that_breaks_within_a_body_reaches_nobody_and_is_no_error()
    {
        var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var app = await ChatApp.StartAsync<RecordingHandler>(map: app => app.Use(async (context, next) =>
        {
            arrived.TrySetResult();
            try
            {
                await next(context);
            }
            finally
            {
                ended.TrySetResult();
            }
        }));

        await RawHttp.ResetAsync(app.Server, "POST /tunnel HTTP/1.1\r\nHost: app\r\nContent-Length: 500", "{\"dat"u8.ToArray(), arrived.Task);
        await ended.Task.WaitAsync(Limits.Deadline, TestContext.Current.CancellationToken);

        Assert.Empty(app.Journal.All);
        await app.AssertServingAsync();
    }

    [Fact]
    public async Task A_tunnel_server_that_leaves_before_the_answer_is_no_error()
    {
        await using var app = await ChatApp.StartAsync<GatedHandler>();
        var body = await SignedEvent.Of("t1", PacketType.Message, SignedEvent.Message("work", "\"gate\"")).ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        var begun = app.Journal.NextAsync();

        await RawHttp.ResetAsync(app.Server, $"POST /tunnel HTTP/1.1\r\nHost: app\r\nContent-Length: {body.Length}", body, begun);
        app.Journal.Open("gate");

        Assert.Equal("t1 gate begins", await begun);
        Assert.Equal("t1 gate ends", await app.Journal.NextAsync());
        await app.AssertServingAsync();
    }

    [Theory]
    [InlineData(null)]
    [InlineData("application/json")]
    [InlineData("application/json; charset=utf-8")]
    [InlineData("Application/JSON;charset=UTF-8")]
    [InlineData("application/json; charset=\"utf-8\"")]
    [InlineData("text/plain")]
    public async Task Media_types_that_tunnel_servers_send_are_read(string? type)
    {
        await using var app = await ChatApp.StartAsync<RecordingHandler>();
        var content = SignedEvent.Data(Connect);
        content.Headers.ContentType = type is null ? null : MediaTypeHeaderValue.Parse(type);

        Assert.Equal(ChatApp.Ok, (await app.PostAsync(content)).Text);
    }

    [Theory]
    [InlineData("multipart/form-data; boundary=x", null)]
    [InlineData("application/x-www-form-urlencoded", null)]
    [InlineData("application/xml", null)]
    [InlineData("application/json; charset=gbk", null)]
    [InlineData("application/json; charset=utf-16", null)]
    [InlineData("nonsense", null)]
    [InlineData("application/json", "gzip")]
    [InlineData("application/json", "br")]
    [InlineData("application/json", "identity, gzip")]
    public async Task Other_media_types_and_encodings_are_refused(string type, string? encoding)
    {
        await using var app = await ChatApp.StartAsync<RecordingHandler>();
        var content = SignedEvent.Data(Connect);
        content.Headers.ContentType = null;
        content.Headers.TryAddWithoutValidation("Content-Type", type);
        if (encoding is not null)
            content.Headers.TryAddWithoutValidation("Content-Encoding", encoding);

        await app.AssertRefusedAsync(content, "415 9006");
    }

    [Theory]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    [InlineData("PATCH")]
    [InlineData("OPTIONS")]
    [InlineData("TRACE")]
    [InlineData("PROPFIND")]
    public async Task Other_methods_are_not_implemented(string method)
    {
        await using var app = await ChatApp.StartAsync<RecordingHandler>();
        using var request = new HttpRequestMessage(new HttpMethod(method), "/tunnel");
        using var response = await app.Server.Client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(501, (int)response.StatusCode);
        Assert.Equal("""{"code":501,"message":"Not Implemented"}""", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(["GET", "POST"], response.Content.Headers.Allow.Order());
        Assert.Empty(app.Journal.All);
    }

    /// <summary>A body that is sent in chunks.</summary>
    private sealed class UnannouncedContent : HttpContent
    {
        private readonly byte[] _body;

        public UnannouncedContent(byte[] body)
        {
            _body = body;
            Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        protected override async Task SerializeToStreamAsync(Stream stream, System.Net.TransportContext? context)
        {
            await stream.WriteAsync(_body);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
