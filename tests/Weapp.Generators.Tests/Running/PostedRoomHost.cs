using System.Diagnostics.Metrics;
using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Weapp.Protocol;
using Weapp.Protocol.Envelopes;
using Weapp.Protocol.Packets;
using Weapp.Protocol.Sessions;
using Weapp.Protocol.Signatures;
using Weapp.Protocol.Tunnels;
using Weapp.Rooms;
using Weapp.TestKit;

namespace Weapp.Generators.Tests.Running;

/// <summary>Hosts a handler in a real app, and feeds it as a tunnel server does: by signed <c>POST</c>s; a phone's request for a tunnel is a <c>GET</c>.</summary>
internal sealed class PostedRoomHost<THandler>(JsonSerializerOptions contentOptions) : RoomHost
    where THandler : class, ITunnelHandler<THandler>
{
    private const string Key = "a-key-that-only-tests-know-0123456789";
    private const string TunnelId = "t1";

    public override TunnelHandlerContract Contract => THandler.Contract;

    public override async Task DispatchAsync(TunnelEventKind kind, UserInfo? user, string[] texts, Action<string?> dispatched)
    {
        Assert.Same(JsonSerializerOptions.Web, contentOptions);
        await using var server = await TestServer.StartAsync(
            builder =>
            {
                builder.Services.AddSingleton(new Greeting("hello"));
                builder.Services.AddSingleton<ITunnelServer, OneTunnel>();
                builder.Services.AddSingleton<ISessionServer>(new OneUser(user));
                builder.Services.AddWeapp(static weapp => weapp.TunnelSignatureKey = Key).AddHandler<THandler>();
            },
            app => app.MapWeappTunnel<THandler>("/tunnel", options => options.CheckLogin = user is not null));
        server.Secret(Key);
        using MetricCollector<long> events = new(server.Service<IMeterFactory>(), "Weapp", "weapp.tunnel.events");

        if (kind != TunnelEventKind.Request && user is not null)
            Assert.True(server.Service<TunnelDirectory>().TryOpen(TunnelId, user));
        foreach (var text in texts)
        {
            using var request = kind == TunnelEventKind.Request ? Get() : Post(kind, text);
            using var response = await server.Client.SendAsync(request, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            dispatched(Outcome(Assert.Single(events.GetMeasurementSnapshot(clear: true)), server.Logs));
        }
    }

    private static HttpRequestMessage Get() => new(HttpMethod.Get, "/tunnel") { Headers = { { "X-WX-Skey", "any" } } };

    private static HttpRequestMessage Post(TunnelEventKind kind, string text)
    {
        using PooledBuffer data = new();
        using PooledBuffer body = new();
        EventPacket.Write(data, TunnelId, Enum.Parse<PacketType>(kind.ToString()), Encoding.UTF8.GetBytes(text));
        EnvelopeWriter.Write(body, data.WrittenSpan, new TunnelSignature(Key));
        return new(HttpMethod.Post, "/tunnel")
        {
            Content = new ByteArrayContent(body.WrittenSpan.ToArray()) { Headers = { ContentType = new("application/json") } },
        };
    }

    /// <summary>What the app says to its operators, since a tunnel server hears of success only.</summary>
    private static string? Outcome(CollectedMeasurement<long> counted, LogCapture logs) => counted.Tags["outcome"] switch
    {
        "handled" => null,
        "unhandled" => nameof(TunnelEventOutcome.Unhandled),
        "no_user" => nameof(TunnelEventOutcome.NoUser),
        "bad_content" => $"{nameof(TunnelEventOutcome.BadContent)} {PathIn(logs.Lines.Last(static line => line is { Category: "Weapp.Dispatch", EventId.Id: 103 }).Text)}",
        var other => other?.ToString(),
    };

    private static string PathIn(string line)
    {
        const string Before = " at ";
        var start = line.IndexOf(Before, StringComparison.Ordinal) + Before.Length;
        return line[start..line.IndexOf(", tunnel ", start, StringComparison.Ordinal)];
    }

    private sealed class OneTunnel : ITunnelServer
    {
        public ValueTask<TunnelGrant> RequestTunnelAsync(TunnelRequest request, CancellationToken cancellationToken) => new(new TunnelGrant(TunnelId, "ws://127.0.0.1/ws"));

        public ValueTask<PushResult> PushAsync(PushPacket packet, CancellationToken cancellationToken) => throw new NotSupportedException();
    }

    private sealed class OneUser(UserInfo? user) : ISessionServer
    {
        public ValueTask<SessionAnswer<SessionGrant>> LoginAsync(SessionLoginRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask<SessionAnswer<UserInfo>> CheckAsync(string? id, string skey, CancellationToken cancellationToken) => new(new SessionAnswer<UserInfo>(0, "", user));

        public ValueTask<SessionAnswer<string>> DecryptAsync(SessionDecryptRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
