using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.DependencyInjection;
using Weapp.Benchmarks.Events;
using Weapp.Protocol.Packets;
using Weapp.Protocol.Tunnels;

namespace Weapp.Benchmarks.Micro;

/// <summary>P3: from the typed call for a thousand tunnels to the bytes of the signed request.</summary>
[MemoryDiagnoser]
public class TypedBroadcast
{
    private const int Tunnels = 1000;

    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web);

    private readonly string[] _tunnelIds =
        [.. Enumerable.Range(0, Tunnels).Select(static i => Convert.ToHexStringLower(SHA256.HashData(BitConverter.GetBytes(i)).AsSpan(0, 16)))];

    private readonly SpeakPayload _content = SpeakEvent.Objects().Content;
    private readonly byte[] _hash = new byte[SHA1.HashSizeInBytes];
    private readonly WrittenPushes _server = new();
    private readonly ServiceProvider _services;
    private readonly ITunnels<ISpeakClient> _tunnels;

    /// <summary>Builds what an app builds when it starts, and checks that the request names every tunnel.</summary>
    public TypedBroadcast()
    {
        var services = new ServiceCollection();
        services.AddLogging().AddMetrics().AddSingleton<ITunnelServer>(_server);
        services
            .AddWeapp(static options =>
            {
                options.ServerHost = "localhost";
                options.TunnelSignatureKey = SpeakEvent.Key;
            })
            .AddHandler<SpeakingHandler>();
        _services = services.BuildServiceProvider();
        _tunnels = _services.GetRequiredService<ITunnels<ISpeakClient>>();

        _server.KeepsData = true;
        _ = Weapp();
        _server.KeepsData = false;
        var message = Encoding.UTF8.GetBytes($$"""{"type":"speak","content":{{JsonSerializer.Serialize(_content, Web)}}}""");
        if (!PushPacket.TryReadAll(_server.LastData, out var packets, out _)
            || packets is not [var packet]
            || !packet.TunnelIds.SequenceEqual(_tunnelIds)
            || !JsonElement.DeepEquals(JsonElement.Parse(packet.Content.Span), JsonElement.Parse(message)))
            throw new InvalidOperationException("The request is not the broadcast that was asked for.");
    }

    /// <summary>The length of the request.</summary>
    internal int RequestLength => _server.LastLength;

    /// <summary>Gives the services back.</summary>
    [GlobalCleanup]
    public void CleanUp() => _services.Dispose();

    /// <summary>The same objects through the serializer, once, and one hash over what it wrote.</summary>
    [Benchmark(Baseline = true)]
    public int Serializer()
    {
        var graph = new Push[] { new(_tunnelIds, "message", new Message("speak", _content)) };
        return SHA1.HashData(JsonSerializer.SerializeToUtf8Bytes(graph, Web), _hash);
    }

    /// <summary>What the app's typed call does up to the request's last byte.</summary>
    [Benchmark]
    public bool Weapp()
    {
        var sent = _tunnels.Broadcast(_tunnelIds).SpeakAsync(_content);
        return sent.IsCompletedSuccessfully && sent.Result.InvalidTunnelIds.Count == 0;
    }

    private sealed record Push(string[] TunnelIds, string Type, Message Content);

    private sealed record Message(string Type, SpeakPayload Content);
}
