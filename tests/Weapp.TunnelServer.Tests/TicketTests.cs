using System.Buffers.Text;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Weapp.Protocol.Packets;
using Weapp.Protocol.Tunnels;
using Weapp.TestKit;
using Weapp.TunnelServer.Tests.Support;

namespace Weapp.TunnelServer.Tests;

public sealed class TicketTests
{
    [Fact]
    public async Task Ids_and_tickets_are_random_in_every_bit()
    {
        const int Count = 10_000;
        await using var gateway = await Gateway.StartAsync();
        var request = new TunnelRequest { Path = "/tunnel", PublicUrl = "http://127.0.0.1", Receiver = gateway.App };
        var beginnings = new HashSet<string>();
        var ones = new int[2, 128];
        for (var i = 0; i < Count; i++)
        {
            var grant = await gateway.Tunnels.RequestTunnelAsync(request, TestContext.Current.CancellationToken);
            var ticket = grant.ConnectUrl[(grant.ConnectUrl.IndexOf("?ticket=", StringComparison.Ordinal) + 8)..];
            foreach (var (which, secret) in (ReadOnlySpan<(int, string)>)[(0, grant.TunnelId), (1, ticket)])
            {
                Assert.Matches("^[A-Za-z0-9_-]{22}$", secret);
                Assert.True(beginnings.Add(secret[..10]));
                var bytes = Base64Url.DecodeFromChars(secret);
                for (var bit = 0; bit < 128; bit++)
                    ones[which, bit] += (bytes[bit / 8] >> (bit % 8)) & 1;
            }
        }

        // Seven standard deviations: no bit is a clock's, a counter's or always the same.
        Assert.All(ones.Cast<int>(), static count => Assert.InRange(count, (Count / 2) - 350, (Count / 2) + 350));
    }

    [Fact]
    public async Task A_ticket_works_once()
    {
        await using var gateway = await Gateway.StartAsync();
        var grant = await gateway.RequestAsync();
        await using var first = await Phone.ConnectAsync(grant.ConnectUrl);
        await using var second = await Phone.TryConnectAsync(grant.ConnectUrl);
        Assert.Equal(404, second.Status);
        await first.PingAsync();
    }

    [Fact]
    public async Task Of_many_simultaneous_connects_with_one_ticket_one_wins()
    {
        await using var gateway = await Gateway.StartAsync(static options => options.WrongTicketBurst = 1000);
        for (var round = 0; round < 10; round++)
        {
            var grant = await gateway.RequestAsync();
            var phones = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Phone.TryConnectAsync(grant.ConnectUrl)));
            Assert.Single(phones, static phone => phone.Status == 101);
            Assert.Equal(19, phones.Count(static phone => phone.Status == 404));
            await gateway.App.NextAsync(PacketType.Connect);
            foreach (var phone in phones)
                phone.Reset();
            await gateway.App.NextAsync(PacketType.Close);
        }
    }

    [Theory]
    [InlineData("/ws/{id}")]
    [InlineData("/ws/{id}?ticket=")]
    [InlineData("/ws/{id}?ticket=AAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("/ws/{id}?ticket={ticket}&ticket={ticket}")]
    [InlineData("/ws/{id}?ticket={ticket}x")]
    [InlineData("/ws/AAAAAAAAAAAAAAAAAAAAAA?ticket={ticket}")]
    [InlineData("/ws/push?ticket={ticket}")]
    public async Task A_wrong_address_is_404_before_the_upgrade_and_spends_nothing(string path)
    {
        await using var gateway = await Gateway.StartAsync();
        var grant = await gateway.RequestAsync();
        var ticket = grant.ConnectUrl[(grant.ConnectUrl.IndexOf('=', StringComparison.Ordinal) + 1)..];
        var wrong = new Uri(gateway.Server.Address, path.Replace("{id}", grant.TunnelId, StringComparison.Ordinal).Replace("{ticket}", ticket, StringComparison.Ordinal));
        await using var refused = await Phone.TryConnectAsync(wrong.AbsoluteUri);
        Assert.Equal(404, refused.Status);
        await using var phone = await Phone.ConnectAsync(grant.ConnectUrl);
    }

    [Fact]
    public async Task A_ticket_may_be_written_as_any_query_may_be()
    {
        await using var gateway = await Gateway.StartAsync();
        var grant = await gateway.RequestAsync();
        var (address, ticket) = (grant.ConnectUrl[..grant.ConnectUrl.IndexOf('?', StringComparison.Ordinal)], grant.ConnectUrl[(grant.ConnectUrl.IndexOf('=', StringComparison.Ordinal) + 1)..]);
        await using var phone = await Phone.ConnectAsync($"{address}?x=1&%54icket={Uri.HexEscape(ticket[0])}{ticket[1..]}&y");
    }

    [Fact]
    public async Task A_ticket_expires()
    {
        var clock = new TestClock();
        await using var gateway = await Gateway.StartAsync(time: clock);
        var (late, inTime) = (await gateway.RequestAsync(), await gateway.RequestAsync());
        clock.Advance(TimeSpan.FromSeconds(59));
        await using var phone = await Phone.ConnectAsync(inTime.ConnectUrl);
        clock.Advance(TimeSpan.FromSeconds(1));
        await using var refused = await Phone.TryConnectAsync(late.ConnectUrl);
        Assert.Equal(404, refused.Status);
    }

    [Fact]
    public async Task An_app_with_too_many_tunnels_that_wait_is_refused_until_their_tickets_expire()
    {
        var clock = new TestClock();
        await using var gateway = await Gateway.StartAsync(time: clock);
        var request = new TunnelRequest { Path = "/tunnel", PublicUrl = "http://127.0.0.1", Receiver = gateway.App };
        for (var i = 0; i < 20_000; i++)
            await gateway.Tunnels.RequestTunnelAsync(request, TestContext.Current.CancellationToken);
        var error = await Assert.ThrowsAsync<InvalidOperationException>(async () => await gateway.Tunnels.RequestTunnelAsync(request, TestContext.Current.CancellationToken));
        Assert.Contains("Too many", error.Message, StringComparison.Ordinal);
        clock.Advance(TimeSpan.FromSeconds(61));
        await gateway.Tunnels.RequestTunnelAsync(request, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Unknown_expired_used_and_wrong_tickets_have_one_answer()
    {
        var clock = new TestClock();
        await using var gateway = await Gateway.StartAsync(time: clock);
        var expired = await gateway.RequestAsync();
        clock.Advance(TimeSpan.FromSeconds(61));
        var (used, wrong) = (await gateway.RequestAsync(), await gateway.RequestAsync());
        await using var phone = await Phone.ConnectAsync(used.ConnectUrl);
        var unknown = new Uri(gateway.Server.Address, "/ws/AAAAAAAAAAAAAAAAAAAAAA?ticket=AAAAAAAAAAAAAAAAAAAAAA").AbsoluteUri;
        var answers = new HashSet<string>();
        foreach (var url in new[] { unknown, expired.ConnectUrl, used.ConnectUrl, wrong.ConnectUrl + "x" })
        {
            await using var refused = await Phone.TryConnectAsync(url);
            answers.Add(string.Join('\n', refused.Handshake.Split("\r\n").Where(static line => !line.StartsWith("Date:", StringComparison.Ordinal))));
        }

        Assert.StartsWith("HTTP/1.1 404", Assert.Single(answers), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_that_tries_many_tickets_gets_429_and_the_right_ones_still_work()
    {
        await using var gateway = await Gateway.StartAsync(static options => (options.WrongTicketBurst, options.WrongTicketsPerSecond) = (20, 1));
        var statuses = new List<int>();
        while (statuses.LastOrDefault() != 429)
        {
            await using var refused = await Phone.TryConnectAsync(new Uri(gateway.Server.Address, $"/ws/{statuses.Count}?ticket=x").AbsoluteUri);
            statuses.Add(refused.Status);
            Assert.InRange(statuses.Count, 1, 1000);
        }

        Assert.True(statuses.Count > 20);
        Assert.All(statuses[..^1], static status => Assert.Equal(404, status));
        var (phone, _) = await gateway.ConnectAsync();
        await phone.PingAsync();
    }

    [Fact]
    public async Task A_request_that_is_no_WebSocket_is_400_and_spends_nothing()
    {
        await using var gateway = await Gateway.StartAsync();
        var grant = await gateway.RequestAsync();
        var response = await gateway.Server.Client.GetAsync(new Uri(gateway.Server.Address, new Uri(grant.ConnectUrl).PathAndQuery), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        await using var phone = await Phone.ConnectAsync(grant.ConnectUrl);
    }

    [Fact]
    public async Task Compression_is_not_negotiated()
    {
        await using var gateway = await Gateway.StartAsync();
        await using var phone = await Phone.TryConnectAsync(
            (await gateway.RequestAsync()).ConnectUrl, "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n");
        Assert.Equal(101, phone.Status);
        Assert.DoesNotContain("Extensions", phone.Handshake, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData(15, "timeout:15")]
    [InlineData(0.5, "timeout:0.5")]
    public async Task The_first_frame_is_the_ping_interval_and_comes_once(double seconds, string expected)
    {
        await using var gateway = await Gateway.StartAsync(options => options.PingInterval = TimeSpan.FromSeconds(seconds), new TestClock());
        await using var phone = await Phone.TryConnectAsync((await gateway.RequestAsync()).ConnectUrl);
        Assert.Equal(expected, await phone.ReadTextAsync());
        await phone.PingAsync();
        await phone.PingAsync();
    }

    [Theory]
    [InlineData(null, "", "ws://127.0.0.1:{port}/ws/")]
    [InlineData(null, "/realtime", "ws://127.0.0.1:{port}/realtime/ws/")]
    [InlineData(null, "realtime", "ws://127.0.0.1:{port}/realtime/ws/")]
    [InlineData("https://ws.example.com", "", "wss://ws.example.com/ws/")]
    [InlineData("wss://example.com:8443/base/", "/realtime/", "wss://example.com:8443/base/realtime/ws/")]
    public async Task The_connect_address_follows_the_public_one(string? publicUrl, string prefix, string expected)
    {
        await using var gateway = await Gateway.StartAsync(options => options.PublicUrl = publicUrl, prefix: prefix);
        var grant = await gateway.RequestAsync();
        var start = expected.Replace("{port}", $"{gateway.Server.Address.Port}", StringComparison.Ordinal);
        Assert.StartsWith(start + grant.TunnelId + "?ticket=", grant.ConnectUrl, StringComparison.Ordinal);
        if (publicUrl is null)
            await (await Phone.ConnectAsync(grant.ConnectUrl)).DisposeAsync();
    }

    [Fact]
    public async Task Without_endpoints_a_request_says_what_is_missing()
    {
        await using var server = await TestServer.StartAsync(builder => builder.Services.AddTunnelServer(), static _ => { });
        var request = new TunnelRequest { Path = "/tunnel", PublicUrl = "http://localhost", Receiver = new RecordingApp() };
        var error = await Assert.ThrowsAsync<InvalidOperationException>(
            async () => await server.Service<ITunnelServer>().RequestTunnelAsync(request, CancellationToken.None));
        Assert.Contains("MapTunnelServer", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_services_mapping_says_what_is_missing()
    {
        var error = await Assert.ThrowsAsync<InvalidOperationException>(
            () => TestServer.StartAsync(static _ => { }, static app => app.MapTunnelServer()));
        Assert.Contains("AddTunnelServer", error.Message, StringComparison.Ordinal);
    }
}
