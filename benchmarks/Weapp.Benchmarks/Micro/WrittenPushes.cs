using System.Text;
using Weapp.Benchmarks.Events;
using Weapp.Protocol;
using Weapp.Protocol.Envelopes;
using Weapp.Protocol.Packets;
using Weapp.Protocol.Signatures;
using Weapp.Protocol.Tunnels;

namespace Weapp.Benchmarks.Micro;

/// <summary>A tunnel server that takes a push as far as the request's bytes, as the one over HTTP does, and sends nothing.</summary>
internal sealed class WrittenPushes : ITunnelServer
{
    private readonly TunnelSignature _signature = new(SpeakEvent.Key);
    private readonly byte[] _tcId = Encoding.ASCII.GetBytes(TunnelSignature.TcId("localhost"));

    /// <summary>The length of the last request.</summary>
    public int LastLength { get; private set; }

    /// <summary>The data of the last request; only kept while it is asked for, since a copy costs time.</summary>
    public byte[]? LastData { get; private set; }

    /// <summary>Whether <see cref="LastData"/> is kept.</summary>
    public bool KeepsData { get; set; }

    public ValueTask<PushResult> PushAsync(PushPacket packet, CancellationToken cancellationToken)
    {
        using var data = new PooledBuffer();
        packet.Write(data);
        using var body = new PooledBuffer();
        EnvelopeWriter.Write(body, data.WrittenSpan, _signature, _tcId);
        LastLength = body.WrittenCount;
        if (KeepsData)
            LastData = data.WrittenSpan.ToArray();
        return new ValueTask<PushResult>(PushResult.AllValid);
    }

    public ValueTask<TunnelGrant> RequestTunnelAsync(TunnelRequest request, CancellationToken cancellationToken) =>
        throw new NotSupportedException("Only pushes are measured.");
}
