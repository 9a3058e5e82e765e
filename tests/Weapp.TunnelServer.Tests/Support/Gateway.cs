using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Weapp.Protocol.Packets;
using Weapp.Protocol.Tunnels;
using Weapp.TestKit;

namespace Weapp.TunnelServer.Tests.Support;

/// <summary>A tunnel server on Kestrel with the app in the same process.</summary>
public sealed class Gateway : IAsyncDisposable
{
    private readonly List<Phone> _phones = [];

    private Gateway(TestServer server) => Server = server;

    public TestServer Server { get; }

    public RecordingApp App { get; } = new();

    public ITunnelServer Tunnels => Server.Service<ITunnelServer>();

    /// <param name="configure">Sets options.</param>
    /// <param name="time">A clock that the test moves; the real one by default.</param>
    /// <param name="prefix">The endpoints' prefix.</param>
    public static async Task<Gateway> StartAsync(Action<TunnelServerOptions>? configure = null, TestClock? time = null, string prefix = "") =>
        new(await TestServer.StartAsync(
            builder =>
            {
                if (time is not null)
                    builder.Services.AddSingleton<TimeProvider>(time);
                builder.Services.AddTunnelServer(configure);
            },
            app => app.MapTunnelServer(prefix)));

    /// <summary>A tunnel server that the test has set up by itself.</summary>
    public static Gateway Over(TestServer server) => new(server);

    public async Task<TunnelGrant> RequestAsync()
    {
        var request = new TunnelRequest { Path = "/tunnel", PublicUrl = Server.Address.GetLeftPart(UriPartial.Authority), Receiver = App };
        var grant = await Tunnels.RequestTunnelAsync(request, CancellationToken.None);
        Server.Secret(grant.ConnectUrl, grant.ConnectUrl[(grant.ConnectUrl.IndexOf('=', StringComparison.Ordinal) + 1)..], grant.TunnelId);
        return grant;
    }

    /// <summary>A phone whose connect event the app has seen.</summary>
    public async Task<(Phone Phone, string TunnelId)> ConnectAsync(int? receiveBuffer = null)
    {
        var grant = await RequestAsync();
        var phone = await Phone.ConnectAsync(grant.ConnectUrl, receiveBuffer);
        Assert.Equal(grant.TunnelId, (await App.NextAsync(PacketType.Connect)).TunnelId);
        _phones.Add(phone);
        return (phone, grant.TunnelId);
    }

    /// <summary>Sends a message and returns the invalid ids. A push that is held up fails: it has a thread of its own.</summary>
    public async Task<IReadOnlyList<string>> PushAsync(string json, params string[] tunnelIds)
    {
        var packet = new PushPacket(tunnelIds, PacketType.Message, System.Text.Encoding.UTF8.GetBytes(json));
        return (await Task.Run(() => Tunnels.PushAsync(packet, CancellationToken.None).AsTask()).WaitAsync(Phone.Deadline)).InvalidTunnelIds;
    }

    public async Task<IReadOnlyList<string>> CloseAsync(params string[] tunnelIds) =>
        (await Tunnels.PushAsync(new PushPacket(tunnelIds, PacketType.Close, default), CancellationToken.None)).InvalidTunnelIds;

    public async ValueTask DisposeAsync()
    {
        foreach (var phone in _phones)
            await phone.DisposeAsync();
        await Server.DisposeAsync();
    }
}
