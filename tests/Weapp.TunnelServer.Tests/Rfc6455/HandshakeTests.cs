using System.Security.Cryptography;
using System.Text;
using Weapp.TunnelServer.Tests.Support;

namespace Weapp.TunnelServer.Tests.Rfc6455;

/// <summary>RFC 6455 section 4: the opening handshake. One that is refused spends no ticket.</summary>
public sealed class HandshakeTests(EchoServer server)
{
    private const string Key = "dGhlIHNhbXBsZSBub25jZQ==";
    private const string Good = "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: " + Key + "\r\nSec-WebSocket-Version: 13\r\n";

    [Fact]
    public async Task The_answer_is_the_one_of_the_RFC()
    {
        await using var phone = await ShakeAsync("GET {path} HTTP/1.1\r\nHost: {host}\r\n" + Good);
        Assert.Equal(101, phone.Status);
        Assert.Contains("\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n", phone.Handshake, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("\r\nUpgrade: websocket\r\n", phone.Handshake, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("\r\nConnection: Upgrade\r\n", phone.Handshake, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("Sec-WebSocket-Extensions", phone.Handshake, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("Sec-WebSocket-Protocol", phone.Handshake, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("upgrade: WEBSOCKET\r\nconnection: keep-alive, Upgrade\r\nsec-websocket-key: " + Key + "\r\nsec-websocket-version: 13\r\n")]
    [InlineData(Good + "Sec-WebSocket-Extensions: permessage-deflate\r\n")]
    [InlineData(Good + "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits=15; server_no_context_takeover\r\n")]
    [InlineData(Good + "Sec-WebSocket-Extensions: permessage-deflate, x-webkit-deflate-frame\r\n")]
    [InlineData(Good + "Sec-WebSocket-Extensions: ,;=\r\n")]
    [InlineData(Good + "Sec-WebSocket-Protocol: chat, superchat\r\n")]
    [InlineData(Good + "Cookie: a=b\r\nOrigin: https://evil.example\r\nUser-Agent: x\r\n")]
    public async Task A_good_handshake_gets_a_socket_without_extension_and_subprotocol(string headers)
    {
        await using var phone = await ShakeAsync("GET {path} HTTP/1.1\r\nHost: {host}\r\n" + headers);
        Assert.Equal(101, phone.Status);
        Assert.DoesNotContain("Sec-WebSocket-Extensions", phone.Handshake, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("Sec-WebSocket-Protocol", phone.Handshake, StringComparison.OrdinalIgnoreCase);
        Assert.StartsWith("timeout:", await phone.ReadTextAsync(), StringComparison.Ordinal);
        await phone.PingAsync();
    }

    [Theory]
    [InlineData("Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: " + Key + "\r\nSec-WebSocket-Version: 12\r\n")]
    [InlineData("Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: " + Key + "\r\nSec-WebSocket-Version: 8\r\n")]
    [InlineData("Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: " + Key + "\r\nSec-WebSocket-Version: x\r\n")]
    [InlineData("Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: " + Key + "\r\n")]
    [InlineData("Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n")]
    [InlineData("Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: \r\nSec-WebSocket-Version: 13\r\n")]
    [InlineData("Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: short\r\nSec-WebSocket-Version: 13\r\n")]
    [InlineData("Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: !!!!!!!!!!!!!!!!!!!!!!==\r\nSec-WebSocket-Version: 13\r\n")]
    [InlineData("Connection: Upgrade\r\nSec-WebSocket-Key: " + Key + "\r\nSec-WebSocket-Version: 13\r\n")]
    [InlineData("Upgrade: h2c\r\nConnection: Upgrade\r\nSec-WebSocket-Key: " + Key + "\r\nSec-WebSocket-Version: 13\r\n")]
    [InlineData("Upgrade: websocket\r\nSec-WebSocket-Key: " + Key + "\r\nSec-WebSocket-Version: 13\r\n")]
    [InlineData("Upgrade: websocket\r\nConnection: close\r\nSec-WebSocket-Key: " + Key + "\r\nSec-WebSocket-Version: 13\r\n")]
    public Task A_bad_handshake_is_400_or_426(string headers) => RefuseAsync("GET {path} HTTP/1.1\r\nHost: {host}\r\n" + headers, 400, 426);

    [Theory]
    [InlineData("GET {path} HTTP/1.1\r\n" + Good, 400)]
    [InlineData("GET {path} HTTP/1.0\r\nHost: {host}\r\n" + Good, 400)]
    [InlineData("POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 0\r\n" + Good, 405)]
    [InlineData("HEAD {path} HTTP/1.1\r\nHost: {host}\r\n" + Good, 405)]
    [InlineData("GET {path}&pad={long} HTTP/1.1\r\nHost: {host}\r\n" + Good, 414)]
    public Task A_bad_request_is_refused(string request, int status) => RefuseAsync(request, status);

    [Theory]
    [InlineData("/ws/{id}x?ticket={ticket}")]
    [InlineData("/ws/%00?ticket={ticket}")]
    [InlineData("/ws/{id}?Ticket={ticket}%20")]
    [InlineData("/ws/{id}?ticket={ticket}&ticket=")]
    [InlineData("/ws/?ticket={ticket}")]
    [InlineData("/ws/{id}/x?ticket={ticket}")]
    [InlineData("/ws/..%2f..%2fget%2fwsurl?ticket={ticket}")]
    public async Task A_wrong_address_is_404_or_400(string address)
    {
        var (id, ticket, path) = await RequestAsync();
        var wrong = address.Replace("{id}", id, StringComparison.Ordinal).Replace("{ticket}", ticket, StringComparison.Ordinal);
        await using (var refused = await SendAsync($"GET {wrong} HTTP/1.1\r\nHost: {{host}}\r\n{Good}", path))
            Assert.Contains(refused.Status, (int[])[400, 404]);
        await AssertUnspentAsync(path);
    }

    [Fact]
    public async Task The_accept_key_follows_every_key()
    {
        for (var i = 0; i < 20; i++)
        {
            var key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(16));
            await using var phone = await ShakeAsync("GET {path} HTTP/1.1\r\nHost: {host}\r\n" + Good.Replace(Key, key, StringComparison.Ordinal));
#pragma warning disable CA5350 // The RFC's hash.
            var expected = Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
#pragma warning restore CA5350
            Assert.Contains($"Sec-WebSocket-Accept: {expected}\r\n", phone.Handshake, StringComparison.OrdinalIgnoreCase);
        }
    }

    private async Task RefuseAsync(string request, params int[] statuses)
    {
        var (_, _, path) = await RequestAsync();
        await using (var refused = await SendAsync(request, path))
            Assert.Contains(refused.Status, statuses);
        await AssertUnspentAsync(path);
    }

    private async Task AssertUnspentAsync(string path)
    {
        await using var phone = await SendAsync("GET {path} HTTP/1.1\r\nHost: {host}\r\n" + Good, path);
        Assert.Equal(101, phone.Status);
    }

    private async Task<Phone> ShakeAsync(string request) => await SendAsync(request, (await RequestAsync()).Path);

    private Task<Phone> SendAsync(string request, string path) => Phone.ShakeAsync(server.Address.Port, request
        .Replace("{path}", path, StringComparison.Ordinal)
        .Replace("{host}", server.Address.Authority, StringComparison.Ordinal)
        .Replace("{long}", new string('x', 10_000), StringComparison.Ordinal) + "\r\n");

    private async Task<(string Id, string Ticket, string Path)> RequestAsync()
    {
        var grant = await server.RequestAsync();
        var path = new Uri(grant.ConnectUrl).PathAndQuery;
        return (grant.TunnelId, path[(path.IndexOf('=', StringComparison.Ordinal) + 1)..], path);
    }
}
