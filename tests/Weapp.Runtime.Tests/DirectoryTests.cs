using Weapp.Protocol.Packets;
using Weapp.Runtime.Tests.Support;

namespace Weapp.Runtime.Tests;

/// <summary>Who is where, without a map of the app's own.</summary>
public sealed class DirectoryTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_room_is_there_as_long_as_somebody_is_in_it()
    {
        await using var app = await ChatApp.StartAsync<RecordingHandler>();
        var directory = Directory(app);

        Assert.Empty(await directory.MembersAsync("lobby", Token));
        await directory.JoinAsync("t1", "lobby", Token);
        await directory.JoinAsync("t1", "lobby", Token);
        await directory.JoinAsync("t2", "lobby", Token);
        await directory.JoinAsync("t1", "cellar", Token);
        Assert.Equal(["t1", "t2"], (await directory.MembersAsync("lobby", Token)).Order());
        Assert.True(await directory.LeaveAsync("t1", "lobby", Token));
        Assert.False(await directory.LeaveAsync("t1", "lobby", Token));
        Assert.False(await directory.LeaveAsync("stranger", "lobby", Token));
        Assert.Equal(["t2"], await directory.MembersAsync("lobby", Token));
        Assert.Equal(["t1"], await directory.MembersAsync("cellar", Token));
    }

    [Fact]
    public async Task A_close_event_knows_its_user_and_then_the_tunnel_is_forgotten()
    {
        await using var app = await StartAsync();
        var directory = Directory(app);
        var tunnelId = await OpenAsync(app, "o-1");
        var second = await OpenAsync(app, "o-1");
        await app.PostAsync(tunnelId, PacketType.Connect);
        await directory.JoinAsync(tunnelId, "lobby", Token);
        Assert.Equal("o-1", (await directory.UserOfAsync(tunnelId, Token))?.OpenId);
        Assert.Equal(new[] { tunnelId, second }.Order(), (await directory.TunnelsOfAsync("o-1", Token)).Order());

        await app.PostAsync(tunnelId, PacketType.Close);

        Assert.Equal($"close {tunnelId} o-1", app.Journal.All.Last());
        Assert.Null(await directory.UserOfAsync(tunnelId, Token));
        Assert.Empty(await directory.MembersAsync("lobby", Token));
        Assert.Equal([second], await directory.TunnelsOfAsync("o-1", Token));
    }

    [Fact]
    public async Task A_tunnel_is_forgotten_after_its_close_event_even_where_the_handler_fails()
    {
        await using var app = await ChatApp.StartAsync<FailingCloseHandler>(endpoint: static options => options.CheckLogin = true);
        app.Server.ExpectError(static line => line.EventId == 100);
        var tunnelId = await OpenAsync(app, "o-1");
        await app.PostAsync(tunnelId, PacketType.Connect);

        await app.PostAsync(tunnelId, PacketType.Close);

        Assert.Null(await Directory(app).UserOfAsync(tunnelId, Token));
    }

    [Fact]
    public async Task A_tunnel_that_nobody_connects_to_is_forgotten_after_a_while()
    {
        var clock = new TestClock();
        await using var app = await StartAsync(clock);
        var connected = await OpenAsync(app, "o-1");
        await app.PostAsync(connected, PacketType.Connect);
        var pending = await OpenAsync(app, "o-1");

        clock.Advance(Patience - TimeSpan.FromSeconds(1));
        Assert.Equal("o-1", (await Directory(app).UserOfAsync(pending, Token))?.OpenId);
        clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Null(await Directory(app).UserOfAsync(pending, Token));
        Assert.Equal([connected], await Directory(app).TunnelsOfAsync("o-1", Token));
    }

    [Fact]
    public async Task Invalid_ids_leave_rooms_and_users_but_their_close_event_still_knows_the_user()
    {
        var clock = new TestClock();
        await using var tunnels = await FakeTunnelServer.StartAsync(static context => Microsoft.AspNetCore.Http.HttpResponseWritingExtensions.WriteAsync(
            context.Response,
            context.Request.Path == "/get/wsurl"
                ? FakeTunnelServer.SignedAnswer(FakeTunnelServer.GrantData)
                : """{"code":0,"data":{"invalidTunnelIds":["t-granted","t-stranger"]}}"""));
        await using var app = await ChatApp.StartAsync<RecordingHandler>(tunnels.Serve, static options => options.CheckLogin = true, clock);
        var directory = Directory(app);
        await OpenAsync(app, "o-1");
        await directory.JoinAsync("t-granted", "lobby", Token);
        await directory.JoinAsync("t-other", "lobby", Token);

        // One that has not connected yet is only early.
        await app.Server.Service<ITunnels>().BroadcastAsync(["t-granted", "t-other"], "n", 1, Token);
        Assert.Equal(["t-granted", "t-other"], (await directory.MembersAsync("lobby", Token)).Order());
        await app.PostAsync("t-granted", PacketType.Connect);
        // Nearly ten minutes later it is gone, and from then on it is remembered for as long again.
        clock.Advance(Patience - TimeSpan.FromSeconds(1));
        var result = await app.Server.Service<ITunnels>().BroadcastAsync(["t-granted", "t-other"], "n", 1, Token);
        Assert.Equal(["t-granted"], result.InvalidTunnelIds);
        Assert.Equal(["t-other"], await directory.MembersAsync("lobby", Token));
        Assert.Empty(await directory.TunnelsOfAsync("o-1", Token));
        clock.Advance(Patience - TimeSpan.FromSeconds(1));
        Assert.Equal("o-1", (await directory.UserOfAsync("t-granted", Token))?.OpenId);

        await app.PostAsync("t-granted", PacketType.Close);

        Assert.Equal("close t-granted o-1", app.Journal.All.Last());
        Assert.Null(await directory.UserOfAsync("t-granted", Token));
    }

    [Fact]
    public async Task A_gone_tunnel_without_a_close_event_is_forgotten_after_a_while_and_joins_no_room_for_good()
    {
        var clock = new TestClock();
        await using var tunnels = await FakeTunnelServer.StartAsync("""{"code":0,"data":{"invalidTunnelIds":["t1"]}}""");
        await using var app = await ChatApp.StartAsync<RecordingHandler>(tunnels.Serve, clock: clock);
        var directory = Directory(app);
        await app.PostAsync("t1", PacketType.Connect);
        await app.Server.Service<ITunnels>().EmitAsync("t1", "n", Token);

        await directory.JoinAsync("t1", "lobby", Token);
        Assert.Equal(["t1"], await directory.MembersAsync("lobby", Token));
        await app.Server.Service<ITunnels>().EmitAsync("t1", "n", Token);
        Assert.Empty(await directory.MembersAsync("lobby", Token));
        await directory.JoinAsync("t1", "lobby", Token);
        clock.Advance(Patience);

        Assert.Empty(await directory.MembersAsync("lobby", Token));
    }

    [Fact]
    public async Task An_id_that_is_given_out_again_stays_its_first_users()
    {
        await using var tunnels = await FakeTunnelServer.StartAsync();
        await using var app = await ChatApp.StartAsync<RecordingHandler>(tunnels.Serve, static options => options.CheckLogin = true);
        var directory = Directory(app);
        await OpenAsync(app, "o-1");
        await directory.JoinAsync("t-granted", "lobby", Token);

        var answer = await app.GetAsync("o-2");

        Assert.Equal(System.Net.HttpStatusCode.BadGateway, answer.Status);
        Assert.False(answer.Json.TryGetProperty("url", out _));
        Assert.Equal(["request t-granted o-1"], app.Journal.All);
        Assert.Equal(["t-granted"], await directory.TunnelsOfAsync("o-1", Token));
        Assert.Equal(["t-granted"], await directory.MembersAsync("lobby", Token));
        Assert.Empty(await directory.TunnelsOfAsync("o-2", Token));
        Assert.Equal("o-1", (await directory.UserOfAsync("t-granted", Token))?.OpenId);
        await app.PostAsync("t-granted", PacketType.Connect);
        Assert.Equal(System.Net.HttpStatusCode.BadGateway, (await app.GetAsync("o-2")).Status);

        await app.PostAsync("t-granted", PacketType.Close);
        await OpenAsync(app, "o-2");
        Assert.Equal("o-2", (await directory.UserOfAsync("t-granted", Token))?.OpenId);
    }

    private static Task<ChatApp> StartAsync(TestClock? clock = null) =>
        ChatApp.StartAsync<RecordingHandler>(clock: clock, endpoint: static options => options.CheckLogin = true);

    private static ITunnelDirectory Directory(ChatApp app) => app.Server.Service<ITunnelDirectory>();

    private static async Task<string> OpenAsync(ChatApp app, string openId) =>
        (await app.GetAsync(openId)).Json.GetProperty("data").GetProperty("tunnelId").GetString()!;
}
