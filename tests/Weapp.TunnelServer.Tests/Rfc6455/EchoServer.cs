using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Weapp.Protocol.Packets;
using Weapp.Protocol.Tunnels;
using Weapp.TestKit;
using Weapp.TunnelServer.Tests.Rfc6455;
using Weapp.TunnelServer.Tests.Support;

[assembly: AssemblyFixture(typeof(EchoServer))]

namespace Weapp.TunnelServer.Tests.Rfc6455;

/// <summary>One tunnel server for all rows. Its app sends every message back, and keeps what it got.</summary>
public sealed class EchoServer : IAsyncLifetime, ITunnelReceiver
{
    private readonly ConcurrentDictionary<string, Session> _sessions = new();
    private TestServer? _server;

    public Uri Address => _server!.Address;

    public async ValueTask InitializeAsync() => _server = await TestServer.StartAsync(
        static builder => builder.Services.AddTunnelServer(static options =>
        {
            // The rows ask for the WebSocket; how many frames a phone may send, and how many may wait for it, is asked elsewhere.
            (options.FramesPerSecond, options.FrameBurst) = (100_000, 100_000);
            (options.SendQueueFrames, options.SendQueueBytes) = (100_000, 64 * 1024 * 1024);
        }),
        static app => app.MapTunnelServer());

    public ValueTask DisposeAsync() => _server!.DisposeAsync();

    public async Task<TunnelGrant> RequestAsync()
    {
        var request = new TunnelRequest { Path = "/tunnel", PublicUrl = Address.GetLeftPart(UriPartial.Authority), Receiver = this };
        var grant = await _server!.Service<ITunnelServer>().RequestTunnelAsync(request, CancellationToken.None);
        _sessions[grant.TunnelId] = new Session();
        return grant;
    }

    /// <summary>Sends what the row sends, and compares all that comes of it, at the phone and at the app.</summary>
    public async Task RunAsync(Row row)
    {
        var grant = await RequestAsync();
        await using var phone = await Phone.ConnectAsync(grant.ConnectUrl);
        var sending = SendAsync(phone, row);
        if (row.Ends is { } ends)
        {
            var (code, _) = await phone.ReadToEndAsync();
            Assert.Contains(code ?? Row.Reset, ends);
        }
        else
        {
            await AssertEchoedAsync(phone, row);
            await phone.SendAsync("close");
            Assert.Equal(1000, (await phone.ReadToEndAsync()).Code);
        }

        await Record.ExceptionAsync(() => sending);
        await phone.DisposeAsync();
        var session = _sessions[grant.TunnelId];
        await session.Closed.Task.WaitAsync(Phone.Deadline);
        Assert.Equal(["Connect", .. row.Echoes.Select(static text => $"message {text}"), "Close"], session.Events);
    }

    async ValueTask<EventReceipt> ITunnelReceiver.ReceiveAsync(string tunnelId, PacketType type, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var session = _sessions[tunnelId];
        var text = Encoding.UTF8.GetString(content.Span);
        session.Events.Enqueue(type == PacketType.Message ? $"message {text}" : $"{type}");
        if (type == PacketType.Message)
            await _server!.Service<ITunnelServer>().PushAsync(new PushPacket([tunnelId], PacketType.Message, content), cancellationToken);
        if (type == PacketType.Close)
            session.Closed.TrySetResult();
        return EventReceipt.Accepted;
    }

    private static async Task SendAsync(Phone phone, Row row)
    {
        foreach (var segment in row.Segments)
        {
            for (var sent = 0; sent < segment.Length; sent += row.Chop)
                await phone.SendBytesAsync(segment[sent..Math.Min(segment.Length, sent + row.Chop)]);
        }

        if (row.Ends is null)
            await phone.SendAsync("ping");
    }

    // The app's echoes and the WebSocket's pongs come from different places, so only each kind has an order.
    private static async Task AssertEchoedAsync(Phone phone, Row row)
    {
        var (texts, pongs, alive) = (new List<string>(), new List<string>(), false);
        while (!alive || texts.Count < row.Echoes.Count)
        {
            var frame = await phone.ReadAsync();
            Assert.NotNull(frame);
            if (frame.Opcode == Frame.Pong)
                pongs.Add(Convert.ToHexString(frame.Payload));
            else if (frame is { Opcode: Frame.TextOpcode, Text: "pong" })
                alive = true;
            else if (frame.Opcode == Frame.TextOpcode)
                texts.Add(frame.Text);
            else
                Assert.Fail($"opcode {frame.Opcode}, close code {frame.CloseCode}");
        }

        Assert.Equal(row.Echoes.Select(static text => "message:" + text), texts);
        Assert.Equal(row.Pongs.Select(Convert.ToHexString), pongs);
    }

    private sealed class Session
    {
        public ConcurrentQueue<string> Events { get; } = new();

        public TaskCompletionSource Closed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
