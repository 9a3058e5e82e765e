using System.Collections.Concurrent;
using System.Text;
using System.Threading.Channels;
using Weapp.Protocol.Packets;
using Weapp.Protocol.Tunnels;

namespace Weapp.TunnelServer.Tests.Support;

/// <summary>An event as an app saw it.</summary>
public sealed record Seen(string TunnelId, PacketType Type, string Content)
{
    public override string ToString() => Type == PacketType.Message ? $"message {Content}" : $"{Type}";
}

/// <summary>An app that keeps what it gets, and fails when two events of a tunnel are with it at once.</summary>
public sealed class RecordingApp : ITunnelReceiver
{
    private readonly Channel<Seen> _tries = Channel.CreateUnbounded<Seen>();
    private readonly ConcurrentDictionary<string, bool> _busy = new();
    private readonly ConcurrentQueue<Seen> _accepted = new();

    /// <summary>What the app does with an event; accepting it at once is the default.</summary>
    public Func<Seen, CancellationToken, ValueTask<EventReceipt>> Handle { get; set; } = (_, _) => ValueTask.FromResult(EventReceipt.Accepted);

    public IEnumerable<Seen> Accepted => _accepted;

    public IEnumerable<string> AcceptedOf(string tunnelId) => _accepted.Where(seen => seen.TunnelId == tunnelId).Select(seen => seen.ToString());

    public async ValueTask<EventReceipt> ReceiveAsync(
        string tunnelId, PacketType type, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var seen = new Seen(tunnelId, type, Encoding.UTF8.GetString(content.Span));
        if (!_busy.TryAdd(tunnelId, true))
            throw new InvalidOperationException("Two events of one tunnel at once.");
        EventReceipt receipt;
        try
        {
            receipt = await Handle(seen, cancellationToken);
        }
        finally
        {
            _busy.TryRemove(tunnelId, out _);
        }

        if (receipt == EventReceipt.Accepted)
            _accepted.Enqueue(seen);
        _tries.Writer.TryWrite(seen);
        return receipt;
    }

    /// <summary>The next event that came, accepted or not, in the order in which handling ended.</summary>
    public async Task<Seen> NextAsync() => await _tries.Reader.ReadAsync().AsTask().WaitAsync(Phone.Deadline);

    /// <summary>The next event, which must be of that type.</summary>
    public async Task<Seen> NextAsync(PacketType type)
    {
        var seen = await NextAsync();
        Assert.Equal(type, seen.Type);
        return seen;
    }
}
